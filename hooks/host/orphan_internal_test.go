package host

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// marked starts a process that carries the mark of a host that is no more.
func marked(t *testing.T, namespaces uintptr) (ended chan struct{}) {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	cmd.Env = []string{runEnv + "=1.1.0"} // the first process did not start at tick 1
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended = make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return ended
}

func TestKillOrphans_LeavesContainersAlone(t *testing.T) {
	namespaces := uintptr(syscall.CLONE_NEWPID)
	if os.Getuid() != 0 {
		namespaces |= syscall.CLONE_NEWUSER
	}
	contained, here := marked(t, namespaces), marked(t, 0)
	killOrphans()
	<-here
	select {
	case <-contained:
		t.Error("a process in a container was killed: its host may live there")
	default:
	}
}
