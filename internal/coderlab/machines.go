package coderlab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// LocalTemplate is the folder of the tests' template: the project's module on
// an agent that is a process of this machine.
func LocalTemplate() string { return filepath.Join(sourceDir(), "template") }

// Variables are those that the local template wants. Programs are folders that
// stand first in the agent's PATH, such as that of slot. Workspaces of one
// template share the ports, so only one of them runs at a time.
func (l *Lab) Variables(t testing.TB, programs ...string) map[string]string {
	t.Helper()
	path := append(programs, filepath.Dir(l.Coder()), "/usr/local/bin", "/usr/bin", "/bin")
	return map[string]string{
		"coder_bin": l.Coder(),
		"state_dir": l.make(t, "machines"),
		"path":      strings.Join(path, ":"),
		"base_port": strconv.Itoa(freePorts(t)),
	}
}

// blockSize is how many ports a machine has: five slots, admin, webhook,
// pgAdmin and PostgreSQL.
const blockSize = 9

// freePorts returns the first port of a free block below those that slot and
// Linux give out themselves.
func freePorts(t testing.TB) int {
	t.Helper()
	for try := range 100 {
		base := 12000 + (os.Getpid()+try*37)%700*10
		free := true
		for p := base; p < base+blockSize; p++ {
			free = free && !listening(p)
		}
		if free {
			return base
		}
	}
	t.Fatal("no free block of ports")
	return 0
}

// Machine is the folder of the workspace's machine: home, run and agent.log.
func (ws *Workspace) Machine() string { return filepath.Join(ws.lab.dir, "machines", ws.ID) }

// stopAgents stops the machines that still run, and prints what their agents
// said where the test failed.
func (l *Lab) stopAgents(t testing.TB) {
	t.Helper()
	machines, _ := filepath.Glob(filepath.Join(l.dir, "machines", "*"))
	var stopping sync.WaitGroup
	for _, dir := range machines {
		stopping.Go(func() {
			script := filepath.Join(LocalTemplate(), "machine.sh")
			if out, err := exec.Command("bash", script, "stop", dir).CombinedOutput(); err != nil {
				t.Errorf("cannot stop the agent of %s: %v\n%s", dir, err, out)
			}
		})
	}
	stopping.Wait()
	if !t.Failed() {
		return
	}
	for _, dir := range machines {
		if b, err := os.ReadFile(filepath.Join(dir, "agent.log")); err == nil {
			t.Logf("the end of %s/agent.log:\n%s", dir, lastLines(string(b), 30))
		}
	}
}
