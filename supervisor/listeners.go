package supervisor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// The names of the listeners beside the slots', which have the slots' names.
const (
	control = "control" // the control socket
	admin   = "admin"   // the browser's pages
	webhook = "webhook" // pushes from outside
)

// ListenersVariable tells an inherited daemon what its file descriptors are,
// from 3 on, in order.
const ListenersVariable = "SLOT_LISTENERS"

// listeners are the sockets that people and the command line connect to.
type listeners map[string]net.Listener

// names returns the listeners that are open, in the order in which they are
// handed over.
func (ls listeners) names() []string {
	var names []string
	for _, n := range slot.Names() {
		names = append(names, string(n))
	}
	names = append(names, admin, webhook, control)
	return slices.DeleteFunc(names, func(name string) bool { return ls[name] == nil })
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
			return nil, portError("slot "+string(n), port, fmt.Sprintf("slot config set %s.port=PORT, or SLOT_BASE_PORT moves all five", n), err)
		}
		ls[string(n)] = l
	}
	for _, d := range doors(s) {
		if d.port == 0 {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.port)))
		if err != nil {
			ls.close()
			return nil, portError("the "+d.name, d.port, d.variable+"=PORT moves it, "+d.variable+"=0 closes it", err)
		}
		ls[d.name] = l
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

// door is a port that is not a slot's; port is 0 where it is closed.
type door struct {
	name, variable string
	port           int
}

// doors returns them all.
func doors(s settings.Settings) []door {
	return []door{{admin, "SLOT_ADMIN_PORT", s.AdminPort}, {webhook, "SLOT_WEBHOOK_PORT", s.WebhookPort}}
}

func portError(whose string, port int, hint string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return slot.E(slot.KindFailed, fmt.Sprintf("ss -ltnp 'sport = :%d' shows which program; or: %s", port, hint),
			fmt.Errorf("cannot listen on 127.0.0.1:%d for %s: another program has that port", port, whose))
	}
	return slot.E(slot.KindFailed, hint, fmt.Errorf("cannot listen on 127.0.0.1:%d for %s: %w", port, whose, err))
}

// inherited returns the sockets that the keeper handed over, or nil when this
// daemon was started alone.
func inherited(getenv func(string) string) (sockets, error) {
	names := strings.Fields(getenv(ListenersVariable))
	if len(names) == 0 {
		return nil, nil
	}
	fds := make([]int, len(names))
	for i := range fds {
		fds[i] = 3 + i
	}
	return received(names, fds)
}

// ports returns c with the ports that are listened on: those of the keeper's
// start, whatever was configured since.
func (ls listeners) ports(c slot.Config) slot.Config {
	for _, n := range slot.Names() {
		l := ls[string(n)]
		if l == nil {
			continue
		}
		if a, ok := l.Addr().(*net.TCPAddr); ok {
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
