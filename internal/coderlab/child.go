package coderlab

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is a server of the lab, in a process group of its own.
type child struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// startChild starts a program with the environment given and nothing else of
// ours. It ends with the test, by the signal and, 15 s later, by SIGKILL.
func startChild(t testing.TB, name, log string, stop syscall.Signal, cmd *exec.Cmd) *child {
	t.Helper()
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		t.Fatalf("cannot start %s: %v", name, err)
	}
	c := &child{name: name, log: log, cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		if t.Failed() { // before the stop, of which it says a lot
			t.Logf("the end of the log of %s:\n%s", name, c.tail())
		}
		c.stop(stop)
	})
	return c
}

func (c *child) stop(sig syscall.Signal) {
	select {
	case <-c.done:
		return // its number may be somebody else's by now
	default:
		_ = c.cmd.Process.Signal(sig)
	}
	select {
	case <-c.done:
	case <-time.After(15 * time.Second):
	}
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	<-c.done
}

// await asks until ready says yes, the child ends or time is up.
func (c *child) await(t testing.TB, limit time.Duration, ready func() bool) {
	t.Helper()
	deadline := time.After(limit)
	for !ready() {
		select {
		case <-c.done:
			t.Fatalf("%s ended: %v", c.name, c.cmd.ProcessState)
		case <-deadline:
			t.Fatalf("%s is not ready after %v", c.name, limit)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *child) tail() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return lastLines(string(b), 40)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// freePort returns a port that nothing listens on now.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// listening reports whether something accepts at the port.
func listening(port int) bool {
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}
