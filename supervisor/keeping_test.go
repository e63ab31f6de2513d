package supervisor

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestKeeper_StartsTheNextDaemonWhenOneIsKilled(t *testing.T) {
	k := startKeeper(t)
	first := k.await("serves a b c d e control", 1)
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if second := k.await("serves", 2); second == first {
		t.Error("it is the same")
	}
}

func TestKeeper_LetsTheOldDaemonGoWhenTheNextServes(t *testing.T) {
	k := startKeeper(t)
	first := k.await("serves", 1)
	k.signal(syscall.SIGHUP)
	if second := k.await("serves", 2); second == first {
		t.Error("it is the same")
	}
	if k.await("yields", 1) != first || k.await("leaves", 1) != first {
		t.Error("another one left")
	}
	k.until("the note", func() bool { return k.note().Handover.Ended() })
	if h := k.note().Handover; h.Number != 1 || h.From != first || h.Error != "" {
		t.Errorf("the note says %+v", h)
	}
}

func TestKeeper_GivesTheRoomsBackWhenTheNextDoesNotServe(t *testing.T) {
	k := startKeeper(t)
	first := k.await("serves", 1)
	k.file("broken", "")
	k.signal(syscall.SIGHUP)
	if k.await("goes on", 1) != first {
		t.Error("another one went on")
	}
	k.until("the note", func() bool { return k.note().Handover.Ended() })
	if h := k.note().Handover; !strings.Contains(h.Error, "it is broken") {
		t.Errorf("the note says %+v", h)
	}
	if err := os.Remove(filepath.Join(k.home, "broken")); err != nil {
		t.Fatal(err)
	}
	k.signal(syscall.SIGHUP)
	k.await("serves", 2)
	if k.await("leaves", 1) != first {
		t.Error("another one left")
	}
	if h := k.note().Handover; h.Number != 2 {
		t.Errorf("the note says %+v", h)
	}
}

// A new daemon that fails at once is gone before a busy old one has looked.
func TestKeeper_GivesTheRoomsBackToADaemonThatWasBusy(t *testing.T) {
	k := startKeeper(t)
	first := k.await("serves", 1)
	k.file("broken", "")
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(first, syscall.SIGCONT) }) // it runs on, or has ended
	k.signal(syscall.SIGHUP)
	k.until("the note", func() bool { return k.note().Handover.Ended() })
	if err := syscall.Kill(first, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if k.await("goes on", 1) != first {
		t.Error("another one went on")
	}
}

func TestKeeper_GoesOnWhenTheOldDaemonDiesInAHandover(t *testing.T) {
	k := startKeeper(t)
	first := k.await("serves", 1)
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil { // it never yields
		t.Fatal(err)
	}
	k.signal(syscall.SIGHUP)
	k.await("serves", 2)
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	k.until("the note", func() bool { return k.note().Handover.Ended() })
	k.signal(syscall.SIGHUP)
	k.await("serves", 3)
}

func TestKeeper_ExecutesItsProgramAnewInItsOwnProcess(t *testing.T) {
	k := startKeeper(t)
	first := k.await("serves", 1)
	pid := k.note().PID
	k.file("version", "2")
	k.signal(syscall.SIGUSR2)
	second := k.await("serves a b c d e control", 2)
	k.await("leaves", 1)
	k.until("the note", func() bool { return k.note().Handover.Ended() })
	n := k.note()
	if n.PID != pid || n.Version != "2" || n.Handover.Number != 1 || n.Handover.Error != "" {
		t.Errorf("the note says %+v", n)
	}
	if second == first {
		t.Error("the daemon is the same")
	}
	// The children are still its own: their end is seen.
	if err := syscall.Kill(second, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	k.await("serves", 3)
}

func TestKeeper_EndsWithItsDaemonAndRemovesTheSocket(t *testing.T) {
	k := startKeeper(t)
	pid := k.await("serves", 1)
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	k.until("the end of the keeper", func() bool { return !KeeperRuns(k.home) })
	if _, err := os.Stat(filepath.Join(k.home, "run", "control.sock")); err == nil {
		t.Error("the socket is still there")
	}
	if n := len(k.events("serves")); n != 1 {
		t.Errorf("%d daemons were started", n)
	}
}

func TestTurn_IsNobodysWhenTheRecallCameFirst(t *testing.T) {
	var turn turn
	if !turn.concerns(syscall.SIGUSR1) || !turn.concerns(syscall.SIGHUP) {
		t.Error("it makes no room")
	}
	if turn.concerns(syscall.SIGUSR2) || turn.concerns(syscall.SIGUSR1) {
		t.Error("it makes room for one that has failed already")
	}
	if !turn.concerns(syscall.SIGUSR1) {
		t.Error("it makes no room the next time")
	}
	turn.recalled = time.Now().Add(-overtakes)
	if !turn.concerns(syscall.SIGUSR1) {
		t.Error("a recall that is long over counts")
	}
}
