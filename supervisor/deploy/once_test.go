package deploy

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// newRelease is a deployment that came to its release command.
func newRelease(t *testing.T, argv ...string) *run {
	t.Helper()
	l := idle(t)
	r := newRun(l, queued(t, l))
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	r.release.Plan.Processes = []slot.Process{{Type: slot.ProcessRelease, Argv: argv}}
	if err := os.MkdirAll(l.e.appDir(r.release), 0o755); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReleaseCommand_SendsItsLinesAndItsFailure(t *testing.T) {
	r := newRelease(t, "sh", "-c", "echo out; echo err >&2; printf torn; exit 3")
	_, err := r.releaseCommand(t.Context())
	if err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
	if got := r.job.record().Output; !slices.Equal(got, []string{"out", "err", "torn"}) {
		t.Errorf("its output is %q", got)
	}
	if left := r.lane.processRecords(); len(left) != 0 {
		t.Errorf("still on record: %+v", left)
	}
}

func TestReleaseCommand_IsLookedUpInTheAppsOwnPath(t *testing.T) {
	r := newRelease(t, "migrate", "a b")
	r.release.Plan.PathPrepend = []string{"bin"}
	dir := filepath.Join(r.lane.e.appDir(r.release), "bin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "migrate"), []byte("#!/bin/sh\necho \"got $1\" >\"$TMPDIR/../migrated\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if detail, err := r.releaseCommand(t.Context()); err != nil || detail != "migrate a b" {
		t.Fatalf("%q, %v", detail, err)
	}
	b, err := os.ReadFile(filepath.Join(r.lane.e.Store.Layout().SlotDir("a"), "migrated"))
	if err != nil || string(b) != "got a b\n" {
		t.Errorf("it wrote %q, %v", b, err)
	}
}

func TestReleaseCommand_EndsWithTheDeployment(t *testing.T) {
	t.Parallel()
	r := newRelease(t, "sh", "-c", "setsid sleep 1000 & echo up; sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var id string
	go func() {
		defer cancel()
		_ = r.job.feed.follow(t.Context(), func(ev slot.Event) error {
			if ev.Line != nil && ev.Line.Text == "up" {
				id = r.lane.processRecords()[0].ID
				return context.Canceled
			}
			return nil
		})
	}()
	_, err := r.releaseCommand(ctx)
	if slot.AsError(err).Kind != slot.KindCanceled {
		t.Errorf("got %v", err)
	}
	if left := process.Marked(id); len(left) != 0 {
		t.Errorf("still running: %v", left)
	}
}

func TestReleaseCommand_IsDoneWhenItEndedWellAndLeftSomethingBehind(t *testing.T) {
	t.Parallel()
	r := newRelease(t, "sh", "-c", "setsid sleep 1000 & echo done")
	begun := time.Now()
	if _, err := r.releaseCommand(t.Context()); err != nil {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > patience {
		t.Errorf("it took %v", took)
	}
}
