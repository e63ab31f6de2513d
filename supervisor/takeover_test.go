package supervisor

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func TestHandOver_BringsSocketsAndEnvironment(t *testing.T) {
	s, c := newHome(t), ownPorts(t)
	ls, err := listen(s, c)
	if err != nil {
		t.Fatal(err)
	}
	defer ls.close()
	socks, err := ls.sockets()
	if err != nil {
		t.Fatal(err)
	}
	defer socks.close()
	socks = append(socks, socket{"of a later version", socks[0].fd})
	daemon, keeper := pair(t)
	env, err := newEnvironment(nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	var d deed
	var fds []int
	go func() {
		var err error
		if d, fds, err = readDeed(keeper); err == nil {
			_, _, err = keeper.WriteMsgUnix([]byte{0}, unix.UnixRights(int(env.fd())), nil)
		}
		got <- err
	}()
	file, err := handOver(daemon, socks)
	if err := errors.Join(err, <-got); err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if d.PID != os.Getpid() || d.Start == 0 {
		t.Errorf("the daemon is %+v", d)
	}
	have, err := received(d.Names, fds)
	if err != nil || have.names() != socks.names() {
		t.Fatalf("got %q, %v", have.names(), err)
	}
	defer have.close()
	copies, err := have[:1].listeners()
	if err != nil {
		t.Fatal(err)
	}
	defer copies.close()
	if a := copies["a"].Addr().String(); a != ls["a"].Addr().String() {
		t.Errorf("slot a is on %s", a)
	}
	shared := &environment{file: file, env: []string{"A=1"}}
	if _, err := shared.replace([]string{"A=2"}); err != nil {
		t.Fatal(err)
	}
	if next := env.of(nil); len(next) != 1 || next[0] != "A=2" {
		t.Errorf("the keeper has %q", next)
	}
}

func TestReadDeed_SaysWhyNothingIsHandedOver(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		kind         slot.Kind
		text         string
	}{
		{"a refusal", "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" +
			`{"error":{"kind":"refused","message":"the keeper is running"}}`, slot.KindRefused, "the keeper is running"},
		{"an older daemon", "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n404 page not found\n", slot.KindFailed, "404"},
		{"nothing", "", slot.KindUnreachable, "went away"},
		{"torn", "HTTP/1.1 101 Switching", slot.KindUnreachable, "went away"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			daemon, keeper := pair(t)
			go func() {
				daemon.Write([]byte(tt.answer))
				daemon.Close()
			}()
			_, fds, err := readDeed(keeper)
			if e := slot.AsError(err); err == nil || len(fds) > 0 || e.Kind != tt.kind || !strings.Contains(e.Error(), tt.text) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReceived_WantsASocketForEveryName(t *testing.T) {
	fd, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := received([]string{"a", "b"}, []int{fd}); err == nil {
		t.Error("one of two is enough")
	}
	if err := unix.Close(fd); err == nil {
		t.Error("the descriptor is left open")
	}
}

func TestKeeperLink_NoticesItsLossAndSaysWhoMaySignal(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	alone := newKeeperLink(quiet, nil, &environment{}, 0)
	if s := alone.status(); s.State != api.KeeperNone || alone.signal(unix.SIGHUP) == nil {
		t.Errorf("alone: %+v", s)
	}
	k := startKeeper(t)
	link := newKeeperLink(quiet, nil, &environment{}, k.cmd.Process.Pid)
	defer link.wg.Wait()
	defer link.close()
	if s := link.status(); s.State != api.KeeperRunning || s.PID != k.cmd.Process.Pid {
		t.Errorf("with a keeper: %+v", s)
	}
	k.await("serves", 1)
	if err := link.signal(unix.SIGTERM); err != nil {
		t.Error(err)
	}
	<-link.gone()
	if s := link.status(); s.State != api.KeeperLost || slot.AsError(link.signal(unix.SIGHUP)).Kind != slot.KindRefused {
		t.Errorf("after its end: %+v", s)
	}
}

func pair(t *testing.T) (a, b *net.UnixConn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	conns := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "pair")
		c, err := net.FileConn(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = c.(*net.UnixConn)
		t.Cleanup(func() { c.Close() })
	}
	return conns[0], conns[1]
}
