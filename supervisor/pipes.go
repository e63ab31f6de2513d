package supervisor

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// pipes holds the FIFOs of the apps' output open. A pipe's content lives as
// long as somebody has it open: an app that ends while no daemon lives leaves
// its last words with the keeper. They are bare descriptors: the runtime's
// poller would wake the keeper for every line that an app writes.
//
// One goroutine follows the folder; it ends with release.
type pipes struct {
	dir    string
	events *os.File // of inotify
	held   map[string]int
	done   chan struct{}
}

// holdPipes begins to hold what is and what will be in dir, which it makes.
func holdPipes(dir string) (*pipes, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot hold the pipes: %w", err)
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("cannot watch %s: %w", dir, err)
	}
	p := &pipes{dir: dir, events: os.NewFile(uintptr(fd), "inotify"), held: map[string]int{}, done: make(chan struct{})}
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE|unix.IN_DELETE|unix.IN_MOVED_FROM|unix.IN_MOVED_TO); err != nil {
		p.events.Close()
		return nil, fmt.Errorf("cannot watch %s: %w", dir, err)
	}
	p.sync()
	go p.follow()
	return p, nil
}

// follow reads events for being told alone; what there is, the folder says.
func (p *pipes) follow() {
	defer close(p.done)
	events := make([]byte, 4096)
	for {
		if _, err := p.events.Read(events); err != nil {
			return
		}
		p.sync()
	}
}

// sync opens what came and closes what went. What cannot be opened is tried
// again at the next event: the daemon holds it too.
func (p *pipes) sync() {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return
	}
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Name()] = true
		if _, ok := p.held[e.Name()]; ok || e.Type() != os.ModeNamedPipe {
			continue
		}
		fd, err := unix.Open(filepath.Join(p.dir, e.Name()), unix.O_RDWR|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err == nil {
			p.held[e.Name()] = fd
		}
	}
	for name, fd := range p.held {
		if !there[name] {
			unix.Close(fd)
			delete(p.held, name)
		}
	}
}

// release ends the holding; nil is fine.
func (p *pipes) release() {
	if p == nil {
		return
	}
	p.events.Close()
	<-p.done
	for _, fd := range p.held {
		unix.Close(fd)
	}
}
