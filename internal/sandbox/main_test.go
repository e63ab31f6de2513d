package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// childVar makes the test binary a program that tries things, one a line.
const childVar = "SANDBOX_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVar) == "" {
		os.Exit(m.Run())
	}
	for _, line := range os.Args[1:] {
		verb, arg, _ := strings.Cut(line, " ")
		fmt.Println(word(try(verb, arg)))
	}
}

func try(verb, arg string) error {
	switch verb {
	case "read":
		_, err := os.ReadFile(arg)
		return err
	case "list":
		_, err := os.ReadDir(arg)
		return err
	case "write":
		return os.WriteFile(arg, []byte("changed"), 0o600)
	case "append":
		f, err := os.OpenFile(arg, os.O_WRONLY|os.O_APPEND, 0)
		if err == nil {
			f.Close()
		}
		return err
	case "truncate":
		return os.Truncate(arg, 0)
	case "mkdir":
		return os.Mkdir(arg, 0o700)
	case "remove":
		return os.Remove(arg)
	case "move":
		from, to, _ := strings.Cut(arg, " ")
		return os.Rename(from, to)
	case "link":
		from, to, _ := strings.Cut(arg, " ")
		return os.Link(from, to)
	case "node": // a device
		return unix.Mknod(arg, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 3)))
	case "run":
		return exec.Command(arg).Run()
	case "signal":
		pid, _ := strconv.Atoi(arg)
		return syscall.Kill(pid, 0)
	case "trace":
		pid, _ := strconv.Atoi(arg)
		return syscall.PtraceAttach(pid)
	case "dial":
		c, err := net.Dial("unix", arg)
		if err == nil {
			c.Close()
		}
		return err
	case "privileges":
		if n, _ := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); n != 1 {
			return errors.New("can be gained")
		}
		return nil
	case "shield":
		if err := Shield(); err != nil {
			return err
		}
		if n, _ := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); n != 0 {
			return errors.New("open to others")
		}
		return nil
	case "admin":
		if n, _ := unix.PrctlRetInt(unix.PR_CAPBSET_READ, unix.CAP_SYS_ADMIN, 0, 0, 0); n != 0 {
			return errors.New("can be had")
		}
		return nil
	}
	return fmt.Errorf("no verb %q", verb)
}

func word(err error) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &errno):
		return unix.ErrnoName(errno)
	}
	return err.Error()
}

// needLandlock skips where the kernel has none: no program mends that. It must
// be told, then.
func needLandlock(t *testing.T) Support {
	t.Helper()
	s := Kernel()
	if s.Files {
		return s
	}
	for _, c := range s.Claims() {
		if c.Holds && c.Name != "privileges" || s.Reason == "" {
			t.Errorf("told of a kernel without Landlock: %+v, %q", c, s.Reason)
		}
	}
	t.Skip(s.Reason)
	return s
}

// outside is a folder that /tmp does not hold.
func outside(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "sandbox-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func file(t *testing.T, parts ...string) string {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("secret"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// self lets a policy run the test binary.
func self(t *testing.T, p *Policy) *Policy {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p = p.Clone()
	p.Read = append(p.Read, exe)
	return p
}

// attempt is what to try and what must come of it.
type attempt struct{ what, want string }

// attempts runs them in one child under the policy.
func attempts(t *testing.T, p *Policy, all ...attempt) {
	t.Helper()
	box, err := self(t, p).Prepare()
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	attemptsIn(t, box, all...)
}

// attemptsIn is attempts in a box.
func attemptsIn(t *testing.T, box *Box, all ...attempt) {
	t.Helper()
	var lines []string
	for _, a := range all {
		lines = append(lines, a.what)
	}
	cmd := exec.Command(os.Args[0], lines...)
	cmd.Env = []string{childVar + "=1", "GORACE=atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH")}
	var out, errOut strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := box.Start(cmd.Start); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, errOut.String())
	}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) != len(all) {
		t.Fatalf("%d answers to %d attempts: %q", len(got), len(all), got)
	}
	for i, a := range all {
		if got[i] != a.want {
			t.Errorf("%s: %s, want %s", a.what, got[i], a.want)
		}
	}
}
