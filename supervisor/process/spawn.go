package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/slot"
)

// spawn runs the program in a process group of its own. The identity is
// written down before, with the marker alone, and after: whenever the daemon
// dies, the next one finds the process.
func (p *Process) spawn() (*running, error) {
	s := p.spec
	fail := func(err error) (*running, error) {
		return nil, fmt.Errorf("cannot start %s: %w", s.Argv[0], err)
	}
	path, err := lookup(s)
	if err != nil {
		return fail(err)
	}
	files, err := openOutputs(s)
	if err != nil {
		return fail(err)
	}
	defer closeAll(files)
	id, err := NewIdentity(s.ID)
	if err != nil {
		return fail(err)
	}
	if err := p.obs.Record(id); err != nil {
		return fail(err)
	}
	box, err := p.takeBox()
	if err != nil {
		return fail(err)
	}
	pid, err := p.fork(box, path, files)
	box.Close()
	if err != nil {
		OwnGroups().remove(s.ID)
		return fail(describe(err, path))
	}
	id.PID = pid
	st, err := readStat(pid)
	if err == nil {
		id.StartTime = st.start
		err = p.obs.Record(id)
	}
	var r *running
	if err == nil {
		r, err = watch(id, true)
	}
	if err != nil {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		reap(pid)
		p.sweep(id)
		return fail(err)
	}
	return r, nil
}

// sweep ends what a run left behind.
func (p *Process) sweep(id slot.Identity) {
	if left := endTree(id); left > 0 {
		p.log.Warn("processes of a run cannot be ended", "process", id.ID, "left", left)
	}
}

// openOutputs opens what becomes descriptors 0, 1 and 2. A FIFO is opened for
// reading too: then the process itself keeps it alive, and a daemon that dies
// gives it no SIGPIPE.
func openOutputs(s Spec) ([]*os.File, error) {
	var files []*os.File
	for i, path := range []string{os.DevNull, s.Stdout, s.Stderr} {
		flag := os.O_RDWR | os.O_APPEND // a restart must not write over a file's beginning
		if i == 0 {
			flag = os.O_RDONLY
		}
		// Not os.OpenFile: it would make a FIFO non-blocking, for the app too.
		fd, err := syscall.Open(path, flag|syscall.O_CLOEXEC, 0)
		if err != nil {
			closeAll(files)
			return nil, fmt.Errorf("cannot open %s: %w", path, err)
		}
		files = append(files, os.NewFile(uintptr(fd), path))
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// lookup finds the program as the app itself would: in PATH of its own
// environment, relative names from its folder.
func lookup(s Spec) (string, error) {
	if fi, err := os.Stat(s.Dir); err != nil || !fi.IsDir() {
		return "", fmt.Errorf("there is no folder %s", s.Dir)
	}
	name := s.Argv[0]
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(s.Dir, name)
		}
		return name, nil
	}
	path := ""
	for _, kv := range s.Env {
		if v, ok := strings.CutPrefix(kv, "PATH="); ok {
			path = v
		}
	}
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(s.Dir, dir)
		}
		file := filepath.Join(dir, name)
		if fi, err := os.Stat(file); err == nil && !fi.IsDir() && fi.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", slot.E(slot.KindFailed, "install it, or change the start command", fmt.Errorf("%s is not in PATH", name))
}

func describe(err error, path string) error {
	switch {
	case errors.Is(err, syscall.ENOENT):
		return fmt.Errorf("%s is not there, or the interpreter in its first line is not", path)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s may not be executed", path)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("%s is not a program", path)
	}
	return err
}
