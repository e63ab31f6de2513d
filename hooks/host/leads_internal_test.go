package host

import (
	"bufio"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestLeads_KnowsWhatTheHookStartedAndNobodyElse(t *testing.T) {
	hook := exec.Command("sh", "-c", "sleep 60 & echo $!; wait")
	hook.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := hook.StdoutPipe()
	if err == nil {
		err = hook.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-hook.Process.Pid, syscall.SIGKILL); _ = hook.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, _ := strconv.Atoi(strings.TrimSpace(line))
	stranger := exec.Command("sleep", "60")
	stranger.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: hook.Process.Pid} // it joins the hook's group
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })

	p := &process{cmd: hook, started: true, done: make(chan struct{})}
	for _, tt := range []struct {
		name string
		pid  int
		want bool
	}{
		{"the hook", hook.Process.Pid, true}, {"what it started", child, true},
		{"who joined its group", stranger.Process.Pid, false}, {"its host", syscall.Getpid(), false}, {"nobody", 0, false},
	} {
		if got := p.leads(tt.pid); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
