package sandbox

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Start is Prepare and Box.Start.
func (p *Policy) Start(start func() error) error {
	b, err := p.Prepare()
	if err != nil {
		return err
	}
	defer b.Close()
	return b.Start(start)
}

// Box is a policy as it is at one moment, known to the kernel. Close it.
type Box struct {
	open      bool     // of a nil Policy: it restricts nothing
	set       *os.File // nil where the kernel cannot hold the files
	protected []string // without links
}

// Prepare finds the policy's paths and gives them to the kernel. That takes a
// few milliseconds, in which a caller may do something else.
func (p *Policy) Prepare() (*Box, error) {
	if p == nil {
		return &Box{open: true}, nil
	}
	set, protected, err := p.ruleset(Kernel())
	return &Box{set: set, protected: protected}, err
}

// Write opens paths that came to be after Prepare, as those of Policy.Write:
// for what is started from now on. It is not called beside Start.
func (b *Box) Write(paths ...string) error {
	if b.set == nil {
		return nil
	}
	for _, path := range (resolver{}).existing(paths) {
		if above(path, b.protected) {
			continue
		}
		if err := add(int(b.set.Fd()), rule{path, writeRights}, Kernel().handled()); err != nil {
			return fmt.Errorf("cannot change a sandbox: %s: %w", path, err)
		}
	}
	return nil
}

// Close forgets the box. Processes that were started in it stay in it.
func (b *Box) Close() {
	if b.set != nil {
		b.set.Close()
	}
}

// Start calls start, which starts a process and returns: it runs under the
// policy, and so does every process that it starts, for ever. Neither does the
// caller, nor any other thread of this program. The error is start's, or why
// there is no sandbox: then start was not called.
func (b *Box) Start(start func() error) error {
	if b.open {
		return start()
	}
	done := make(chan error, 1)
	go inside(b.set, start, done)
	return <-done
}

// inside runs start on a thread that ends with this goroutine, as it is never
// unlocked.
func inside(set *os.File, start func() error, done chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == os.Getpid() {
		// The main thread does not end, and what others may do to a program is
		// decided by its restrictions. While it waits here, another is taken.
		defer runtime.UnlockOSThread()
		again := make(chan error, 1)
		go inside(set, start, again)
		done <- <-again
		return
	}
	if err := restrict(set); err != nil {
		done <- err
		return
	}
	done <- start()
}

// Shield keeps this program's memory, descriptors and environment from other
// processes of the same user. It is for programs that hold secrets or start
// processes in sandboxes; the processes that they start are not shielded.
func Shield() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }
