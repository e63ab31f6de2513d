package process

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// fork runs the program with its sandbox and its limits. It is in its control
// group from its first instruction, and waits for the other limits where it has
// some; without any, nothing stands between it and its start.
func (p *Process) fork(box *sandbox.Box, path string, files []*os.File) (int, error) {
	s := p.spec
	attr := syscall.ProcAttr{
		Dir: s.Dir,
		Env: append(s.Env[:len(s.Env):len(s.Env)], Marker+"="+s.ID),
		Sys: &syscall.SysProcAttr{Setpgid: true, Credential: s.User},
	}
	argv := s.Argv
	var gate *startGate
	if s.Limits.held() {
		var err error
		if gate, err = newStartGate(); err != nil {
			return 0, err
		}
		defer gate.close()
		files = append(files[:len(files):len(files)], gate.r)
		path, argv = gated(path, argv)
	}
	for _, f := range files {
		attr.Files = append(attr.Files, f.Fd())
	}
	start := func() (int, error) { return syscall.ForkExec(path, argv, &attr) }
	if direct, ok := unshelled(s, attr.Env); ok && gate == nil {
		start = direct.or(start, &attr)
	}
	pid, grouped, err := p.forkInGroup(box, &attr, start)
	if err != nil || gate == nil {
		return pid, err
	}
	if err := s.Limits.apply(pid, grouped && OwnGroups().Holds("cpu")); err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		reap(pid)
		return 0, err
	}
	return pid, gate.pass()
}

// forkInGroup starts the program in a control group where one can be made. One
// that cannot is told in the log, and the limits hold another way.
func (p *Process) forkInGroup(box *sandbox.Box, attr *syscall.ProcAttr, exec func() (int, error)) (pid int, grouped bool, err error) {
	start := func() (err error) {
		pid, err = exec()
		return err
	}
	group, err := OwnGroups().make(p.spec.ID, p.spec.Limits)
	if err == nil && group != nil {
		defer group.Close()
		attr.Sys.UseCgroupFD, attr.Sys.CgroupFD = true, int(group.Fd())
		if err = box.Start(start); err == nil || !noGroup(err) {
			return pid, true, err
		}
		attr.Sys.UseCgroupFD = false
	}
	if err != nil {
		p.log.Warn("cannot use a control group", "process", p.spec.ID, slot.KeyError, fmt.Sprint(err))
	}
	return pid, false, box.Start(start)
}

// prepareBox begins to make the sandbox of the next run.
func (p *Process) prepareBox() {
	p.box = sync.OnceValues(p.spec.Sandbox.Prepare)
	go p.box() // the answer is kept for takeBox
}

// takeBox returns the sandbox for a run, to be closed by the caller.
func (p *Process) takeBox() (*sandbox.Box, error) {
	if p.box == nil {
		return p.spec.Sandbox.Prepare()
	}
	defer func() { p.box = nil }()
	return p.box()
}

// dropBox closes a sandbox that was begun and not taken.
func (p *Process) dropBox() {
	if p.box == nil {
		return
	}
	if box, err := p.takeBox(); err == nil {
		box.Close()
	}
}

// noGroup reports whether the kernel refused to start a process in a group,
// rather than to start it: clone(2), CLONE_INTO_CGROUP, Linux 5.7.
func noGroup(err error) bool {
	return errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.EINVAL)
}
