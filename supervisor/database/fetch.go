package database

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"

	"github.com/slot-paas/slot/slot"
)

// FetchCommand is the hidden command of the slot program that FetchBinaries
// runs in: the library runs a server, which root may not.
const FetchCommand = "__postgres"

// fetchedDir holds a folder for each version that was fetched.
func (s *Server) fetchedDir() string { return filepath.Join(s.Data, "postgres-binaries") }

// versions are what can be fetched, by their major version.
var versions = map[int]embedded.PostgresVersion{
	14: embedded.V14, 15: embedded.V15, 16: embedded.V16, 17: embedded.V17, 18: embedded.V18,
}

// defaultFetch is fetched where nothing of PostgreSQL is installed.
const defaultFetch = 17

// fetchable is the version to fetch: the one whose pg_dump is installed, as
// what is fetched comes without.
func (s *Server) fetchable(ctx context.Context) int {
	if path, err := exec.LookPath("pg_dump"); err == nil {
		if n := majorOf(ctx, path); versions[n] != "" {
			return n
		}
	}
	return defaultFetch
}

// fetchTimeout bounds a download of about 30 MB.
const fetchTimeout = 10 * time.Minute

// fetch gets a server from Maven Central into the data folder.
func (s *Server) fetch(ctx context.Context, major int, acc *Account, say slot.Progress) (binaries, error) {
	none := func(err error) (binaries, error) {
		return binaries{}, slot.E(slot.KindFailed, fmt.Sprintf("apt-get install postgresql-%d, or postgresql", major), err)
	}
	if versions[major] == "" {
		return none(fmt.Errorf("PostgreSQL %d is not installed and cannot be fetched", major))
	}
	dir := filepath.Join(s.fetchedDir(), strconv.Itoa(major))
	partial := dir + ".partial"
	if err := acc.reaches(partial, "the server"); err != nil {
		return binaries{}, err
	}
	if err := os.RemoveAll(partial); err != nil {
		return none(err)
	}
	defer os.RemoveAll(partial) // after success it has another name
	if err := acc.own(partial); err != nil {
		return none(err)
	}
	say(fmt.Sprintf("fetching PostgreSQL %s from Maven Central", versions[major]))
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	// By an open file: the account may have no way to where the program is.
	exe, err := os.Open(s.Exe)
	if err != nil {
		return none(err)
	}
	defer exe.Close()
	cmd := exec.CommandContext(ctx, "/proc/self/fd/3", FetchCommand, partial, strconv.Itoa(major))
	cmd.ExtraFiles = []*os.File{exe}
	cmd.Env, cmd.Dir = append(s.Environ(), "TMPDIR="+partial, "HOME="+partial), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: acc.Credential()}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return none(fmt.Errorf("PostgreSQL is not installed and cannot be fetched: %w: %s", err, strings.TrimSpace(string(out))))
	}
	if err := os.Rename(filepath.Join(partial, fetchedName), dir); err != nil {
		return none(err)
	}
	return binaries{dir: filepath.Join(dir, "bin"), major: major}, nil
}

// fetchedName is the folder of the server in the one that FetchBinaries fills.
const fetchedName = "server"

// FetchBinaries fetches a server into a folder in dir and runs it once, which
// shows that it works on this machine.
func FetchBinaries(dir string, major int) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	trial := filepath.Join(dir, "trial")
	pg := embedded.NewDatabase(embedded.DefaultConfig().Version(versions[major]).Port(uint32(port)).
		BinariesPath(filepath.Join(dir, fetchedName)).RuntimePath(trial).CachePath(filepath.Join(dir, "archive")).
		StartTimeout(time.Minute).Logger(io.Discard))
	if err := pg.Start(); err != nil {
		return err
	}
	return pg.Stop()
}
