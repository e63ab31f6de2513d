package sandbox

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Start calls start, which starts a process and returns: it runs under the
// policy, and so does every process that it starts, for ever. Neither does the
// caller, nor any other thread of this program. The error is start's, or why
// there is no sandbox: then start was not called.
func (p *Policy) Start(start func() error) error {
	if p == nil {
		return start()
	}
	set, err := p.ruleset(Kernel())
	if err != nil {
		return err
	}
	if set != nil {
		defer set.Close()
	}
	done := make(chan error, 1)
	go inside(set, start, done)
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
