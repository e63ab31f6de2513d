package host_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/slot-paas/slot/hooks/host"
)

// startHost runs a host that builds with the hook "blocks", and returns its
// process, the hook's pid and the pids of the hook's children.
func startHost(t *testing.T) (dir string, cmd *exec.Cmd, hook int, children []int) {
	t.Helper()
	_, dir = newHost(t, "blocks")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(exe, "__test_host", dir, "blocks")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	scanner := bufio.NewScanner(stdout)
	for len(children) < 2 && scanner.Scan() {
		if pid, ok := pidOf(scanner.Text()); ok && hook == 0 {
			hook = pid
		} else if ok {
			children = append(children, pid)
		}
	}
	if len(children) < 2 {
		t.Fatal("the host did not build")
	}
	return dir, cmd, hook, children
}

func TestKill_OfTheHostLeavesNoSurvivor(t *testing.T) {
	t.Parallel()
	_, cmd, hook, children := startHost(t)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range append(children, hook) {
		gone(t, pid)
	}
}

func TestKill_OfTheHookLeavesNoSurvivor(t *testing.T) {
	t.Parallel()
	_, cmd, hook, children := startHost(t)
	if err := syscall.Kill(hook, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for _, pid := range children {
		gone(t, pid)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the host ended with %v", err)
	}
}

func TestNew_EndsWhatADeadHostAndADeadHookLeft(t *testing.T) {
	t.Parallel()
	dir, cmd, hook, children := startHost(t)
	// Both at once: nobody is left to clear up.
	_ = syscall.Kill(cmd.Process.Pid, syscall.SIGSTOP)
	eventually(t, "the host to stand still", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
		return err != nil || strings.Contains(string(stat), ") T ")
	})
	_ = syscall.Kill(hook, syscall.SIGKILL)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err := syscall.Kill(children[0], 0); err != nil {
		t.Fatalf("the child did not outlive its hook: %v", err)
	}
	h, err := host.New(options(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, pid := range children {
		gone(t, pid)
	}
	entries, err := os.ReadDir(dir + "/tmp")
	if err != nil || len(entries) != 2 { // of the test's two hosts
		t.Errorf("tmp holds %v, %v", entries, err)
	}
}
