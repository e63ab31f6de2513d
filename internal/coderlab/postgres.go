package coderlab

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// postgres is a server of the lab's own, reached over loopback by everybody.
type postgres struct {
	port int
}

func (p postgres) url() string {
	return fmt.Sprintf("postgres://coder@127.0.0.1:%d/postgres?sslmode=disable", p.port)
}

func startPostgres(t testing.TB, dir string) postgres {
	t.Helper()
	bin, err := postgresBin()
	if err != nil {
		t.Fatal(err)
	}
	who := unprivileged(t, dir)
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "coder", "--auth=trust", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.Env, initdb.SysProcAttr = dir, plainEnv(dir), &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("cannot run initdb: %v\n%s", err, out)
	}
	p := postgres{port: freePort(t)}
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(p.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, plainEnv(dir), &syscall.SysProcAttr{Credential: who}
	// SIGINT is PostgreSQL's fast shutdown.
	c := startChild(t, "PostgreSQL", filepath.Join(filepath.Dir(dir), "postgres.log"), syscall.SIGINT, cmd)
	c.await(t, time.Minute, func() bool { return listening(p.port) })
	return p
}

// unprivileged gives the folder to somebody whom PostgreSQL accepts: it
// refuses root. Nil is the user of the test.
func unprivileged(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// postgresBin returns the folder of initdb and postgres, which Debian keeps
// outside PATH.
func postgresBin() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", fmt.Errorf("initdb is missing: install PostgreSQL")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// plainEnv is an environment with nothing of the test's.
func plainEnv(home string) []string {
	return []string{"HOME=" + home, "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"}
}
