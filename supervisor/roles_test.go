package supervisor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/supervisor/store"
)

// The test binary runs again as a keeper, the real one, and as the daemons that
// it starts, which only say what happens to them.
func TestMain(m *testing.M) {
	role := ""
	if len(os.Args) > 1 {
		role = os.Args[1]
	}
	switch role {
	case "__keeper":
		os.Exit(runKeeper())
	case "serve":
		os.Exit(runDaemon())
	}
	os.Exit(m.Run())
}

func runKeeper() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	defer signal.Ignore(syscall.SIGTERM) // the test's end may meet its own
	s, err := settings.Load(os.Getenv)
	if err == nil {
		exe, _ := os.Executable()
		k := &Keeper{Settings: s, Version: version(s.Home), Exe: exe, Env: os.Environ(), Ready: ReadyFile(os.Getenv)}
		err = k.Run(ctx)
	}
	if err != nil {
		return 1
	}
	return 0
}

// version is what the test says that the program is now.
func version(home string) string {
	b, _ := os.ReadFile(filepath.Join(home, "version"))
	return string(b)
}

// runDaemon notes what it is told. The file "broken" keeps it from serving.
func runDaemon() int {
	home := os.Getenv("SLOT_HOME")
	ready := ReadyFile(os.Getenv)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTERM)
	socks, err := inherited(os.Getenv)
	if _, broken := os.Stat(filepath.Join(home, "broken")); broken == nil || err != nil {
		tell(ready, fmt.Errorf("it is broken: %v", err))
		return exitCannotStart
	}
	say := func(what string) {
		f, err := os.OpenFile(filepath.Join(home, "events"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			fmt.Fprintf(f, "%s %d\n", what, os.Getpid())
			f.Close()
		}
	}
	tell(ready, nil)
	say("serves " + socks.names()) // whoever stops it now stops one that serves
	rooms := true
	var turn turn
	for sig := range signals {
		switch {
		case sig == syscall.SIGTERM && rooms:
			say("stops")
			return exitDone
		case sig == syscall.SIGTERM:
			say("leaves")
			return 75
		case rooms && turn.concerns(sig):
			rooms = false
			say("yields")
		case rooms && sig == syscall.SIGUSR1:
			say("goes on")
		case rooms:
		case sig == syscall.SIGUSR2 && !rooms:
			rooms = true
			say("goes on")
		default:
			say("is confused")
		}
	}
	return 0
}

// kept is a keeper that a test has started.
type kept struct {
	t    *testing.T
	home string
	cmd  *exec.Cmd
}

func startKeeper(t *testing.T) *kept {
	t.Helper()
	s, c := newHome(t), ownPorts(t)
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile((store.Layout{Home: s.Home}).Config(), data, 0o600); err != nil {
		t.Fatal(err)
	}
	k := &kept{t: t, home: s.Home, cmd: exec.Command(os.Args[0], "__keeper")}
	k.cmd.Env = append(os.Environ(), "SLOT_HOME="+s.Home, "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0")
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = k.cmd.Process.Signal(syscall.SIGTERM)
		if err := k.cmd.Wait(); err != nil && !t.Failed() {
			t.Errorf("the keeper: %v", err)
		}
	})
	return k
}

// events returns what the daemons said, each with a pid.
func (k *kept) events(what string) (pids []int) {
	b, _ := os.ReadFile(filepath.Join(k.home, "events"))
	for line := range strings.Lines(string(b)) {
		i := strings.LastIndexByte(strings.TrimSpace(line), ' ')
		pid := 0
		if i > 0 && strings.HasPrefix(line[:i], what) {
			fmt.Sscan(line[i:], &pid)
			pids = append(pids, pid)
		}
	}
	return pids
}

// await waits until n daemons said it, and returns the last.
func (k *kept) await(what string, n int) int {
	k.t.Helper()
	k.until(fmt.Sprint(n, " of ", what), func() bool { return len(k.events(what)) >= n })
	if got := k.events(what); len(got) > 0 {
		return got[len(got)-1]
	}
	return 0
}

func (k *kept) until(what string, holds func() bool) {
	k.t.Helper()
	late := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-late:
			b, _ := os.ReadFile(filepath.Join(k.home, "events"))
			l, _ := os.ReadFile(DaemonLog(store.Layout{Home: k.home}))
			k.t.Fatalf("waited too long for %s; events:\n%s\nlog:\n%s", what, b, l)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (k *kept) note() KeeperNote {
	n, err := ReadKeeperNote(k.home)
	if err != nil {
		k.t.Error(err)
	}
	return n
}

// file makes or removes a file of the home.
func (k *kept) file(name, text string) {
	k.t.Helper()
	path := filepath.Join(k.home, name)
	err := os.WriteFile(path+".new", []byte(text), 0o600)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kept) signal(sig syscall.Signal) {
	k.t.Helper()
	if err := k.cmd.Process.Signal(sig); err != nil {
		k.t.Fatal(err)
	}
}
