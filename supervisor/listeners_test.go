package supervisor

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// ownPorts gives every slot a free port of its own.
func ownPorts(t *testing.T) slot.Config {
	t.Helper()
	c := slot.NewConfig()
	for _, n := range slot.Names() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // all are open together, so all differ
		c.Slots[n] = slot.SlotConfig{Port: l.Addr().(*net.TCPAddr).Port}
	}
	return c
}

// newHome is a state folder with a path that is short enough for a socket.
func newHome(t *testing.T) settings.Settings {
	t.Helper()
	home, err := os.MkdirTemp("", "slot-listen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	if err := os.MkdirAll(store.Layout{Home: home}.Run(), 0o700); err != nil {
		t.Fatal(err)
	}
	return settings.Settings{Home: home, BasePort: settings.DefaultBasePort}
}

func TestListen_OpensEverySlotAndAPrivateSocket(t *testing.T) {
	s, c := newHome(t), ownPorts(t)
	socket := store.Layout{Home: s.Home}.Socket()
	if err := os.WriteFile(socket, nil, 0o666); err != nil { // what a lost keeper left
		t.Fatal(err)
	}
	ls, err := listen(s, c)
	if err != nil {
		t.Fatal(err)
	}
	defer ls.close()
	for _, n := range slot.Names() {
		if got := ls[string(n)].Addr().String(); got != fmt.Sprintf("127.0.0.1:%d", c.Slots[n].Port) {
			t.Errorf("slot %s is on %s", n, got)
		}
	}
	fi, err := os.Stat(socket)
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the control socket: %v, %v", fi, err)
	}
	socks, err := ls.sockets()
	if err != nil || socks.names() != strings.Join(ls.names(), " ") {
		t.Fatalf("sockets %q, %v", socks.names(), err)
	}
	defer socks.close()
	copies, err := socks.listeners()
	if err != nil {
		t.Fatal(err)
	}
	defer copies.close()
	for name, l := range copies {
		if want := ls[name].Addr().String(); l.Addr().String() != want {
			t.Errorf("%s is on %s, want %s", name, l.Addr(), want)
		}
	}
}

func TestListen_NamesTheSlotOfATakenPortAndOpensNone(t *testing.T) {
	s, c := newHome(t), ownPorts(t)
	taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.Slots["c"].Port))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = listen(s, c)
	if err == nil || !strings.Contains(err.Error(), "for slot c") || !strings.Contains(slot.AsError(err).Hint, "c.port") {
		t.Errorf("got %v", err)
	}
	for _, n := range []slot.Name{"a", "b"} {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.Slots[n].Port))
		if err != nil {
			t.Fatalf("slot %s's port is still open: %v", n, err)
		}
		l.Close()
	}
}

func TestInherited_IsNothingForADaemonThatWasStartedAlone(t *testing.T) {
	if ls, err := inherited(func(string) string { return "" }); ls != nil || err != nil {
		t.Errorf("got %v, %v", ls, err)
	}
}
