package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// mirrorOf makes a folder like the mirror of an address, used for top that
// long ago, and returns its path.
func mirrorOf(t *testing.T, e *Engine, address, top string, ago time.Duration) string {
	t.Helper()
	dir, unlock, err := e.mirrors.take(t.Context(), address, mirrorName(top))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Git.Renew(t.Context(), address, dir, ""); err == nil {
		t.Fatal("there is a repository at " + address)
	}
	unlock()
	when := time.Now().Add(-ago)
	if err := os.Chtimes(filepath.Join(dir, usedFile), when, when); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTidy_RemovesMirrorsThatNoSlotNeeds(t *testing.T) {
	e := newEngine(t)
	const app, lib, gone, tried = "/nowhere/app", "/nowhere/lib", "/nowhere/gone", "/nowhere/tried"
	err := e.Store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["b"] = slot.SlotConfig{Repository: app}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	old := 30 * 24 * time.Hour
	for _, tt := range []struct {
		name, dir string
		stays     bool
	}{
		{"a slot's own", mirrorOf(t, e, app, app, old), true},
		{"a submodule of one", mirrorOf(t, e, lib, app, old), true},
		{"one of no slot", mirrorOf(t, e, gone, gone, old), false},
		{"one that was tried lately", mirrorOf(t, e, tried, tried, time.Hour), true},
		{"one that is in use", inUse(t, e, mirrorOf(t, e, "/nowhere/busy", gone, old)), true},
		{"one without a record", without(t, mirrorOf(t, e, "/nowhere/earlier", gone, old)), true},
		{"half of one", half(t, mirrorOf(t, e, "/nowhere/half", app, old)), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := e.tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(tt.dir); errors.Is(err, os.ErrNotExist) == tt.stays {
				t.Errorf("want it to stay: %v; %v", tt.stays, err)
			}
		})
	}
}

func inUse(t *testing.T, e *Engine, dir string) string {
	t.Helper()
	unlock, err := e.mirrors.lock(t.Context(), filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	return dir
}

func without(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, usedFile)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func half(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir+".new", 0o755); err != nil {
		t.Fatal(err)
	}
	return dir + ".new"
}

func TestMirrors_HousekeepingGivesWayToADeployment(t *testing.T) {
	m := newMirrors(t.TempDir())
	const address = "/nowhere/app"
	began, ended := make(chan struct{}), make(chan error)
	go func() {
		ended <- m.idle(t.Context(), mirrorName(address), func(ctx context.Context, _ string) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, unlock, err := m.take(ctx, address, "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("housekeeping ended with %v", err)
	}
	// And it does not begin while a deployment is at it.
	err = m.idle(t.Context(), mirrorName(address), func(context.Context, string) error {
		t.Error("two have the mirror")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	unlock()
	unlock() // as a deployment does on its way out
	if _, unlock, err = m.take(ctx, address, "x"); err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestKeepHouse_TidiesWhenALaneFallsIdle(t *testing.T) {
	e := newEngine(t)
	dir := mirrorOf(t, e, "/nowhere/gone", "/nowhere/gone", 30*24*time.Hour)
	d, err := e.Submit(slot.Request{Slot: "a", Action: slot.ActionDeploy, Repository: t.TempDir() + "/none"})
	if err != nil {
		t.Fatal(err)
	}
	err = e.Follow(t.Context(), d.ID, func(slot.Event) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; <-time.After(5 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the mirror is still there")
		}
	}
}

func TestLane_DeploysWhereOneThatWasWantedInAnyCaseWaited(t *testing.T) {
	l := idle(t)
	first, second := queued(t, l), queued(t, l)
	second.req.IfChanged = true
	for _, j := range []*job{first, second} {
		if err := l.submit(j); err != nil {
			t.Fatal(err)
		}
	}
	if second.req.IfChanged {
		t.Error("it may be skipped, and the other was not to be")
	}
}
