package supervisor

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

func TestNextPause_DoublesWhileDaemonsDieYoung(t *testing.T) {
	for _, tt := range []struct {
		name        string
		last, lived time.Duration
		served      bool
		want        time.Duration
	}{
		{"the first death of one that served", 0, 2 * time.Second, true, 0},
		{"it died at once", 0, 10 * time.Millisecond, false, 50 * time.Millisecond},
		{"again", 50 * time.Millisecond, 10 * time.Millisecond, false, 100 * time.Millisecond},
		{"again after some seconds, without serving", 100 * time.Millisecond, 6 * time.Second, false, 200 * time.Millisecond},
		{"the longest", 8 * time.Second, 0, false, 10 * time.Second},
		{"no longer", 10 * time.Second, 0, false, 10 * time.Second},
		{"it served, and was killed young again", 50 * time.Millisecond, time.Second, true, 100 * time.Millisecond},
		{"visitors do not wait longer", 10 * time.Second, time.Second, true, 500 * time.Millisecond},
		{"some healthy seconds", 500 * time.Millisecond, 6 * time.Second, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := nextPause(tt.last, tt.lived, tt.served); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLockKeeper_LetsOneKeepAStateFolder(t *testing.T) {
	lay := store.Layout{Home: t.TempDir()}
	if Running(lay.Home) {
		t.Error("runs before it was started")
	}
	lock, err := lockKeeper(lay)
	if err != nil {
		t.Fatal(err)
	}
	if !Running(lay.Home) {
		t.Error("does not run")
	}
	if _, err := lockKeeper(lay); err == nil || !strings.Contains(err.Error(), "runs already") || slot.AsError(err).Hint == "" {
		t.Errorf("a second keeper: %v", err)
	}
	lock.Close()
	if Running(lay.Home) {
		t.Error("runs after its end")
	}
	if err := os.Chmod(lay.Home, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := lockKeeper(lay); slot.AsError(err).Kind != slot.KindRefused {
		t.Errorf("a folder that others may write to: %v", err)
	}
}

func TestExitCode_TellsTheKeeperWhetherToStartAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"told to stop", nil, exitDone},
		{"told to make room", fmt.Errorf("serve: %w", ErrReload), 75},
		{"could not start", fmt.Errorf("serve: %w", notStarted{errors.New("torn state")}), exitCannotStart},
		{"anything else", errors.New("broken"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ExitCode(tt.err); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestOpenDaemonLog_BeginsAnewWhenItIsLarge(t *testing.T) {
	lay := store.Layout{Home: t.TempDir()}
	if err := os.MkdirAll(lay.Run(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(DaemonLog(lay), slices.Repeat([]byte("x"), maxDaemonLog+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f, err := openDaemonLog(lay)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(f, "a line")
		f.Close()
	}
	b, err := os.ReadFile(DaemonLog(lay))
	if err != nil || string(b) != "a line\na line\n" {
		t.Errorf("it has %d bytes, %v", len(b), err)
	}
	if fi, err := os.Stat(DaemonLog(lay) + ".1"); err != nil || fi.Size() != maxDaemonLog+1 {
		t.Errorf("the old one: %v", err)
	}
	if got := lastLine(DaemonLog(lay)); got != ": a line" {
		t.Errorf("its last line is %q", got)
	}
}

func TestWithout_LeavesOutTheNamedOnly(t *testing.T) {
	env := []string{"A=1", "AB=2", "A", "B=A=3"}
	if got := without(env, "A"); !slices.Equal(got, []string{"AB=2", "B=A=3"}) || len(env) != 4 {
		t.Errorf("got %q", got)
	}
}

func TestReadyFile_IsNilWithoutAUsefulNumber(t *testing.T) {
	for _, v := range []string{"", "x", "-1", "0", "2"} {
		if f := ReadyFile(func(string) string { return v }); f != nil {
			t.Errorf("%q gives %s", v, f.Name())
		}
	}
	tell(nil, errors.New("nobody waits")) // must not panic
}

func TestDescribeExit(t *testing.T) {
	if got := describeExit(syscall.WaitStatus(syscall.SIGKILL)); got != "signal: killed" {
		t.Errorf("got %q", got)
	}
	if got := describeExit(syscall.WaitStatus(3 << 8)); got != "exit status 3" {
		t.Errorf("got %q", got)
	}
}
