package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"
	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/internal/sandbox"
)

// process is one hook's process and its group, as go-plugin's runner. The
// group is killed whenever its leader ends, before the leader is reaped, so
// that its number cannot belong to anybody else by then.
type process struct {
	path    string
	argv    []string
	env     []string // go-plugin's own is added
	dir     string   // it may write there
	program *os.File // descriptor 3; nil for none
	sandbox *sandbox.Policy

	cmd            *exec.Cmd
	stdout, stderr *os.File // our ends of the pipes

	mu      sync.Mutex // orders starting, signals and reaping
	started bool
	killed  bool          // also before it was started: then it is not
	done    chan struct{} // closed when the leader was reaped
}

// allow takes the policy, with a program or a folder of programs to run.
func (p *process) allow(policy *sandbox.Policy, program string) {
	if p.sandbox = policy.Clone(); policy != nil {
		p.sandbox.Read = append(p.sandbox.Read, program)
	}
}

// prepare takes the environment of the handshake over from go-plugin's
// command, and nothing else: that one has the host's standard input.
func (p *process) prepare(theirs *exec.Cmd) error {
	p.cmd = &exec.Cmd{
		Path: p.path, Args: p.argv, Dir: p.dir, Env: append(p.env, theirs.Env...),
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
	if p.program != nil {
		p.cmd.ExtraFiles = []*os.File{p.program}
	}
	if p.sandbox != nil {
		p.sandbox.Write = append(p.sandbox.Write, p.dir)
		for _, v := range theirs.Env {
			if dir, ok := strings.CutPrefix(v, plugin.EnvUnixSocketDir+"="); ok {
				p.sandbox.Write = append(p.sandbox.Write, dir)
			}
		}
	}
	return nil
}

// Start starts the hook.
func (p *process) Start(context.Context) error {
	outR, outW, err := os.Pipe()
	if err != nil {
		return err
	}
	errR, errW, err := os.Pipe()
	if err != nil {
		outR.Close()
		outW.Close()
		return err
	}
	p.mu.Lock()
	p.cmd.Stdout, p.cmd.Stderr, p.stdout, p.stderr = outW, errW, outR, errR
	if err = errors.New("canceled"); !p.killed {
		err = p.sandbox.Start(p.cmd.Start)
	}
	p.started = err == nil
	p.mu.Unlock()
	outW.Close()
	errW.Close()
	if err != nil {
		outR.Close()
		errR.Close()
		return err
	}
	go p.reap()
	return nil
}

// reap waits for the leader, ends the rest of the group and closes done.
func (p *process) reap() {
	for {
		err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			break
		}
	}
	p.signal(syscall.SIGKILL)
	// A process that left the group may hold the pipes open for ever.
	deadline := time.Now().Add(time.Second)
	_ = p.stdout.SetReadDeadline(deadline)
	_ = p.stderr.SetReadDeadline(deadline)
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Wait() // it has ended; the state stands in p.cmd.ProcessState
	close(p.done)
}

// signal sends to the whole group.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
	default:
		p.killed = p.killed || s == syscall.SIGKILL
		if p.started {
			_ = syscall.Kill(-p.cmd.Process.Pid, s)
		}
	}
}

// wait waits for the end of a leader that was started.
func (p *process) wait() {
	if p.ID() != "" {
		<-p.done
	}
}

// terminate sends TERM, and KILL when the leader has not ended after grace.
func (p *process) terminate(grace time.Duration) {
	p.signal(syscall.SIGTERM)
	if !p.ended(grace) {
		p.signal(syscall.SIGKILL)
	}
	<-p.done
}

// ended waits for the end of the leader, and reports whether it came in time.
func (p *process) ended(within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

// status says how the leader ended, "" while it runs.
func (p *process) status() string {
	select {
	case <-p.done:
		return p.cmd.ProcessState.String()
	default:
		return ""
	}
}

// The rest is what go-plugin asks of a runner.

func (p *process) Wait(context.Context) error {
	<-p.done
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("%s", p.cmd.ProcessState)
	}
	return nil
}

func (p *process) Kill(context.Context) error {
	p.signal(syscall.SIGKILL)
	return nil
}

// Diagnose is asked when the first line was no handshake, before the hook is
// killed: a hook that is ending gets the time to do so by itself.
func (p *process) Diagnose(context.Context) string {
	p.ended(500 * time.Millisecond)
	return ""
}

func (p *process) Stdout() io.ReadCloser { return p.stdout }
func (p *process) Stderr() io.ReadCloser { return p.stderr }
func (p *process) Name() string          { return p.path }

func (p *process) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return ""
	}
	return fmt.Sprint(p.cmd.Process.Pid)
}

// leads reports whether a process is the hook's or descends from it: a script may
// have started the one that serves. Its group would not do, as any process of
// the session may join that.
func (p *process) leads(pid int) bool {
	for hops := 0; pid > 1 && hops < 64; hops++ {
		if fmt.Sprint(pid) == p.ID() {
			return true
		}
		pid = parentOf(pid)
	}
	return false
}

// parentOf reads a process's parent from /proc/PID/stat, proc(5), behind its
// name, which may hold anything; 0 for one that is gone.
func parentOf(pid int) (parent int) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	var state string
	_, _ = fmt.Sscan(string(data[bytes.LastIndexByte(data, ')')+1:]), &state, &parent) // 0 where it does not say
	return parent
}

func (p *process) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
