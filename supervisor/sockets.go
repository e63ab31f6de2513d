package supervisor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// socket is a listening socket on its way between processes. It is a bare
// descriptor: an os.File or a net.Listener would have the runtime's poller
// wake this process for every connection that another one accepts.
type socket struct {
	name string
	fd   int
}

// sockets have the order in which they are handed over. Names that this
// version does not know stay in their place, for a version that does.
type sockets []socket

// sockets returns copies of the listeners' sockets.
func (ls listeners) sockets() (sockets, error) {
	var all sockets
	for _, name := range ls.names() {
		fd, err := copyOf(ls[name])
		if err != nil {
			all.close()
			return nil, fmt.Errorf("cannot hand over the listener %s: %w", name, err)
		}
		all = append(all, socket{name, fd})
	}
	return all, nil
}

func copyOf(l net.Listener) (fd int, err error) {
	c, ok := l.(syscall.Conn)
	if !ok {
		return -1, errors.New("it has no socket")
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	if outer := raw.Control(func(from uintptr) { fd, err = unix.FcntlInt(from, unix.F_DUPFD_CLOEXEC, 3) }); outer != nil {
		return -1, outer
	}
	return fd, err
}

// listeners opens each socket for accepting; the sockets stay as they are.
func (s sockets) listeners() (listeners, error) {
	ls := listeners{}
	for _, one := range s {
		l, err := one.listener()
		if err != nil {
			ls.close()
			return nil, fmt.Errorf("cannot take over the listener %s: %w", one.name, err)
		}
		ls[one.name] = l
	}
	return ls, nil
}

func (s socket) listener() (net.Listener, error) {
	fd, err := unix.FcntlInt(uintptr(s.fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), s.name)
	defer f.Close()
	return net.FileListener(f) // a copy of its own
}

// names is how the receiver is told what it gets.
func (s sockets) names() string {
	var names []string
	for _, one := range s {
		names = append(names, one.name)
	}
	return strings.Join(names, " ")
}

func (s sockets) fds() []int {
	var fds []int
	for _, one := range s {
		fds = append(fds, one.fd)
	}
	return fds
}

func (s sockets) has(name string) bool {
	for _, one := range s {
		if one.name == name {
			return true
		}
	}
	return false
}

// received gives the descriptors that came with names their places. Every
// name must have one.
func received(names []string, fds []int) (sockets, error) {
	if len(names) != len(fds) {
		for _, fd := range fds {
			unix.Close(fd)
		}
		return nil, fmt.Errorf("cannot take over the listeners: %d names came with %d sockets", len(names), len(fds))
	}
	var all sockets
	for i, name := range names {
		unix.CloseOnExec(fds[i])
		all = append(all, socket{name, fds[i]})
	}
	return all, nil
}

func (s sockets) close() {
	for _, one := range s {
		unix.Close(one.fd)
	}
}
