package process

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWatch_SeesTheEndOfAStranger(t *testing.T) {
	s := newSpec(t, "rest")
	p, _ := start(t, s)
	said(t, s.Stdout, "up", 1)
	id := p.Snapshot().Identity
	if _, err := Watch(id.PID, id.StartTime+1); !errors.Is(err, ErrGone) {
		t.Errorf("another process of that number: %v", err)
	}
	w, err := Watch(id.PID, id.StartTime)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if w.Identity().PID != id.PID || w.Identity().StartTime != id.StartTime {
		t.Errorf("it watches %+v", w.Identity())
	}
	if err := w.Signal(unix.SIGKILL); err != nil {
		t.Error(err)
	}
	<-w.Exit()
	closed(t, "Ended", p.Ended())
	if err := w.Signal(0); !errors.Is(err, ErrGone) {
		t.Errorf("a signal to nobody: %v", err)
	}
	if _, err := Watch(id.PID, id.StartTime); !errors.Is(err, ErrGone) {
		t.Errorf("it is gone: %v", err)
	}
	var none *Watcher
	none.Close()
	if none.Exit() != nil || none.Identity().PID != 0 {
		t.Error("no watcher watches something")
	}
	if self, err := Self(); err != nil || self.PID != os.Getpid() || self.StartTime == 0 {
		t.Errorf("this process is %+v, %v", self, err)
	}
}
