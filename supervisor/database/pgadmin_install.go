package database

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

//go:embed pgadmin/*.py
var webFiles embed.FS

// What pip installs. A new major version may want another door.
var webPackages = []string{"pgadmin4>=9,<10", "gunicorn>=25,<28"}

// imageVenv is where an image may bring pgAdmin and gunicorn along.
const imageVenv = "/opt/pgadmin"

// installTimeout bounds pip: some 300 MB come over the network.
const installTimeout = 20 * time.Minute

// installedPgAdmin returns the Python that has pgAdmin.
func (s *Server) installedPgAdmin() (python string, ok bool) {
	for _, venv := range []string{filepath.Join(s.webDir(), "venv"), imageVenv} {
		if found, _ := filepath.Glob(filepath.Join(venv, "lib/python3*/site-packages/pgadmin4/pgAdmin4.py")); len(found) > 0 {
			return filepath.Join(venv, "bin", "python"), true
		}
	}
	return "", false
}

var wheelVersion = lazyregexp.New(`pgadmin4-([0-9.]+)\.dist-info$`)

func (s *Server) webVersion() string {
	python, ok := s.installedPgAdmin()
	if !ok {
		return ""
	}
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(python)), "lib/python3*/site-packages/pgadmin4-*.dist-info"))
	for _, dir := range found {
		if m := wheelVersion.FindStringSubmatch(dir); m != nil {
			return m[1]
		}
	}
	return ""
}

// install makes a virtual environment with pgAdmin, which appears under its
// name when it is whole.
func (s *Server) install(ctx context.Context, say slot.Progress) (python string, err error) {
	if python, ok := s.installedPgAdmin(); ok {
		return python, nil
	}
	acc, err := accountFor(s.cluster())
	if err != nil {
		return "", err
	}
	if err := acc.reaches(s.webDir(), "pgAdmin"); err != nil {
		return "", err
	}
	if err := acc.own(s.webDir()); err != nil {
		return "", err
	}
	venv := filepath.Join(s.webDir(), "venv")
	partial := venv + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return "", err
	}
	defer os.RemoveAll(partial) // after success it has another name
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	interpreter, err := s.interpreter(ctx, acc)
	if err != nil {
		return "", err
	}
	say("making a Python environment in " + venv)
	if err := s.python(ctx, say, interpreter, "-m", "venv", partial); err != nil {
		return "", fmt.Errorf("cannot make a Python environment: %w", err)
	}
	say("installing pgAdmin with pip, some 600 MB on the disk")
	args := append([]string{filepath.Join(partial, "bin", "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar=off"}, webPackages...)
	if err := s.python(ctx, say, args...); err != nil {
		return "", fmt.Errorf("cannot install pgAdmin: %w", err)
	}
	if err := os.Rename(partial, venv); err != nil {
		return "", err
	}
	return filepath.Join(venv, "bin", "python"), nil
}

// interpreter returns a Python that can make environments and that the account
// can reach: the user's own, else the system's.
func (s *Server) interpreter(ctx context.Context, acc *Account) (string, error) {
	missing := slot.E(slot.KindFailed, "apt-get install python3-venv", errors.New("pgAdmin needs Python 3.9 or newer with venv and pip"))
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		cmd := exec.CommandContext(ctx, name, "-c", "import ensurepip, os, sys, venv; assert sys.version_info >= (3, 9); print(os.path.realpath(sys.executable))")
		cmd.Env = s.Environ()
		out, err := cmd.Output()
		if err != nil {
			continue
		}
		path := strings.TrimSpace(string(out))
		if missing = acc.reaches(path, "Python"); missing == nil {
			return path, nil
		}
	}
	return "", missing
}

// python runs a step of the installation and tells what pip collects.
func (s *Server) python(ctx context.Context, say slot.Progress, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(s.Environ(), "PYTHONNOUSERSITE=1", "PIP_USER=0")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	done := make(chan struct{})
	var last []string
	go func() {
		defer close(done)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			line := sc.Text()
			if last = append(last, line); len(last) > 20 {
				last = last[1:]
			}
			if name, ok := strings.CutPrefix(line, "Collecting "); ok && !strings.Contains(name, "(from") {
				say("fetching " + name)
			} else if strings.HasPrefix(line, "Installing collected packages") {
				say("installing")
			}
		}
		_, _ = io.Copy(io.Discard, r)
	}()
	err := cmd.Run()
	w.Close()
	<-done
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return explain(lastLines(joinLines(last), 3), err)
	}
	return nil
}

// writeWeb writes what pgAdmin reads at its start: its settings, its door, the
// servers and their passwords, in files of the account's own.
func (s *Server) writeWeb(acc *Account) error {
	s.mu.Lock()
	secrets := s.secrets
	s.mu.Unlock()
	door, err := json.Marshal(map[string]string{"key": secrets.Ticket, "password": secrets.PgAdmin})
	if err != nil {
		return err
	}
	servers, err := json.MarshalIndent(map[string]any{"Servers": s.webServers()}, "", "  ")
	if err != nil {
		return err
	}
	passwords, err := os.ReadFile(s.passFile())
	if err != nil {
		return err
	}
	files := map[string][]byte{"door.json": door, "servers.json": servers, "pgpass": passwords}
	for _, name := range []string{"config_local.py", "slot_pgadmin.py"} {
		if files[name], err = webFiles.ReadFile("pgadmin/" + name); err != nil {
			return err
		}
	}
	if err := acc.own(s.webDir()); err != nil {
		return err
	}
	for name, data := range files {
		path := filepath.Join(s.webDir(), name)
		err := writeFile(path, data, 0o600)
		if err == nil && acc != nil {
			err = os.Lchown(path, int(acc.UID), int(acc.GID))
		}
		if err != nil {
			return diskError(err)
		}
	}
	return nil
}

// webServers are the servers that pgAdmin shows: each database as its owner,
// and all of them as slot's own role. Passwords come from a file.
func (s *Server) webServers() map[string]any {
	all := map[string]any{}
	add := func(name, db, role string) {
		all[fmt.Sprint(len(all)+1)] = map[string]any{
			"Name": name, "Group": "slot", "Host": "127.0.0.1", "Port": s.Port, "MaintenanceDB": db, "Username": role,
			"ConnectionParameters": map[string]any{"sslmode": "disable", "passfile": "/pgpass", "connect_timeout": 10},
		}
	}
	for _, src := range slot.DatabaseSources() {
		name := "slot " + string(src)
		if src == slot.SharedSource {
			name = "shared"
		}
		add(name, databaseOf(src), roleOf(src))
	}
	add("all, as superuser", "postgres", admin)
	return all
}

func joinLines(lines []string) string { return strings.Join(lines, "\n") }

var errNotInstalled = errors.New("pgAdmin is not installed any more")
