package database

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// hba is pg_hba.conf: over the loopback interface, with a password, and in no
// other way. There is no socket file that an app could reach without one.
const hba = `# Written by slot at each start; changes are lost.
host  all  all  127.0.0.1/32  scram-sha-256
host  all  all  ::1/128       scram-sha-256
`

// tuning goes to the end of postgresql.conf once: what fits a workspace with a
// small disk. It may be changed by hand.
const tuning = `
# By slot, when the cluster was made. Change what you like: slot sets the port,
# the addresses and the log on the command line.
max_wal_size = 256MB
min_wal_size = 32MB
`

// initialise makes a new cluster. It appears under its name when it is whole.
func (s *Server) initialise(ctx context.Context, b binaries, acc *Account, dir string) error {
	partial := dir + ".new"
	if err := s.removeCluster(partial); err != nil {
		return err
	}
	defer os.RemoveAll(partial) // after success it has another name
	if err := acc.own(partial); err != nil {
		return diskError(err)
	}
	// C.UTF-8 sorts alike on every machine: indexes survive another C library.
	err := s.asServer(ctx, acc, nil, b.program("initdb"), "-D", partial, "-U", admin,
		"--auth=reject", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8")
	if err != nil {
		return fmt.Errorf("cannot make the database's folder: %w", err)
	}
	if err := addTo(filepath.Join(partial, "postgresql.conf"), tuning); err != nil {
		return err
	}
	if err := s.resetAdmin(ctx, b, acc, partial); err != nil {
		return err
	}
	if err := os.Rename(partial, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// resetAdmin gives slot's own role its password, with no server running.
func (s *Server) resetAdmin(ctx context.Context, b binaries, acc *Account, dir string) error {
	secret, err := verifier(s.password(admin))
	if err != nil {
		return err
	}
	statement := fmt.Sprintf("ALTER ROLE %s SUPERUSER LOGIN PASSWORD '%s'\n", admin, secret)
	err = s.asServer(ctx, acc, strings.NewReader(statement), b.program("postgres"), "--single", "-D", dir,
		"-c", "log_min_messages=error", "-c", "log_checkpoints=off", "-c", "exit_on_error=on", "postgres")
	if err != nil {
		return fmt.Errorf("cannot set the password of %s: %w", admin, err)
	}
	return nil
}

// arguments of the server. They go before postgresql.conf and ALTER SYSTEM, so
// that it listens where the apps are told and for nobody else.
func arguments(b binaries, dir string, port int) []string {
	argv := []string{b.program("postgres"), "-D", dir}
	for _, setting := range []string{
		"port=" + strconv.Itoa(port), "listen_addresses=localhost", "unix_socket_directories=",
		"hba_file=" + filepath.Join(dir, "pg_hba.conf"), "password_encryption=scram-sha-256",
		"logging_collector=off", "log_destination=stderr", "log_line_prefix=%q%u@%d ", "log_checkpoints=off",
	} {
		argv = append(argv, "-c", setting)
	}
	return argv
}

// writeHBA puts pg_hba.conf in its place.
func writeHBA(acc *Account, dir string) error {
	path := filepath.Join(dir, "pg_hba.conf")
	if old, err := os.ReadFile(path); err == nil && string(old) == hba {
		return nil
	}
	if err := writeFile(path, []byte(hba), 0o600); err != nil {
		return diskError(err)
	}
	if acc == nil {
		return nil
	}
	return os.Lchown(path, int(acc.UID), int(acc.GID))
}

// asServer runs one of PostgreSQL's own programs to its end as the account.
func (s *Server) asServer(ctx context.Context, acc *Account, in *strings.Reader, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	if in != nil {
		cmd.Stdin = in
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Dir, cmd.Env = "/", serverEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: acc.Credential()}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return explain(lastLines(out.String(), 3), err)
	}
	return nil
}

// serverEnv is what the server and its programs need of the machine.
func serverEnv() []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC"}
}

func addTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return diskError(errors.Join(err, f.Sync(), f.Close()))
}

// lastLines are the last n lines that say something, in one.
func lastLines(text string, n int) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(len(lines)-n, 0):], "; ")
}

// explain adds what a program said to how it ended, and what to do about it.
func explain(said string, err error) error {
	if said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	if strings.Contains(said, "No space left on device") {
		return slot.E(slot.KindFailed, fullHint, err)
	}
	return err
}

const fullHint = "free some disk space and try again: slot db prune, slot cache clear --all"

// diskError adds what to do about a full disk.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return slot.E(slot.KindFailed, fullHint, err)
	}
	return err
}
