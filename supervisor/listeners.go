package supervisor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// control is the name of the control socket's listener; the slots' listeners
// have the slots' names.
const control = "control"

// ListenersVariable tells an inherited daemon what its file descriptors are,
// from 3 on, in order.
const ListenersVariable = "SLOT_LISTENERS"

// listeners are the sockets that people and the command line connect to.
type listeners map[string]net.Listener

// listenerNames is the order in which listeners are handed over.
func listenerNames() []string {
	var names []string
	for _, n := range slot.Names() {
		names = append(names, string(n))
	}
	return append(names, control)
}

// maxSocketPath is what fits into sun_path of unix(7), beside its final zero.
const maxSocketPath = 107

// listen opens every listener on the loopback address, or none.
func listen(s settings.Settings, c slot.Config) (listeners, error) {
	path := store.Layout{Home: s.Home}.Socket()
	if len(path) > maxSocketPath {
		return nil, slot.E(slot.KindUsage, "set SLOT_HOME to a folder with a shorter path",
			fmt.Errorf("the path of the control socket is too long: %s has %d bytes, a socket at most %d", path, len(path), maxSocketPath))
	}
	ls := listeners{}
	for _, n := range slot.Names() {
		port := s.Port(c, n)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			ls.close()
			return nil, portError(n, port, err)
		}
		ls[string(n)] = l
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		ls.close()
		return nil, fmt.Errorf("cannot replace the control socket: %w", err)
	}
	// The socket must never exist with a wider mode than 0600; the folder is
	// 0700, and the mask makes sure of the file too.
	old := syscall.Umask(0o177)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		ls.close()
		return nil, fmt.Errorf("cannot open the control socket %s: %w", path, err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	ls[control] = l
	return ls, nil
}

func portError(n slot.Name, port int, err error) error {
	hint := fmt.Sprintf("slot config set %s.port=PORT, or SLOT_BASE_PORT moves all five", n)
	if errors.Is(err, syscall.EADDRINUSE) {
		return slot.E(slot.KindFailed, fmt.Sprintf("ss -ltnp 'sport = :%d' shows which program; or: %s", port, hint),
			fmt.Errorf("cannot listen on 127.0.0.1:%d for slot %s: another program has that port", port, n))
	}
	return slot.E(slot.KindFailed, hint, fmt.Errorf("cannot listen on 127.0.0.1:%d for slot %s: %w", port, n, err))
}

// inherited returns the listeners that the keeper handed over, or nil when
// this daemon was started alone.
func inherited(getenv func(string) string) (listeners, error) {
	names := strings.Fields(getenv(ListenersVariable))
	if len(names) == 0 {
		return nil, nil
	}
	ls := listeners{}
	for i, name := range names {
		f := os.NewFile(uintptr(3+i), name)
		l, err := net.FileListener(f)
		f.Close()
		if err != nil {
			ls.close()
			return nil, fmt.Errorf("cannot take over the listener %s: %w", name, err)
		}
		ls[name] = l
	}
	return ls, nil
}

// files returns the listeners as files to hand to a daemon, in the order of
// listenerNames.
func (ls listeners) files() ([]*os.File, error) {
	var files []*os.File
	for _, name := range listenerNames() {
		l, ok := ls[name].(interface{ File() (*os.File, error) })
		if !ok {
			return nil, fmt.Errorf("no listener %s", name)
		}
		f, err := l.File()
		if err != nil {
			return nil, fmt.Errorf("cannot hand over the listener %s: %w", name, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// ports returns c with the ports that are listened on: those of the keeper's
// start, whatever was configured since.
func (ls listeners) ports(c slot.Config) slot.Config {
	for _, n := range slot.Names() {
		if a, ok := ls[string(n)].Addr().(*net.TCPAddr); ok {
			s := c.Slots[n]
			s.Port = a.Port
			c.Slots[n] = s
		}
	}
	return c
}

func (ls listeners) close() {
	for _, l := range ls {
		l.Close()
	}
}
