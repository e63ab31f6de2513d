package deploy

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// idle is a lane whose goroutine does not run: the test calls next.
func idle(t *testing.T) *lane {
	t.Helper()
	return newLane(newEngine(t), "a")
}

func queued(t *testing.T, l *lane) *job {
	t.Helper()
	req := slot.Request{Slot: l.name, Action: slot.ActionDeploy, Repository: t.TempDir() + "/none"}
	d, err := l.e.Store.BeginDeployment(slot.Deployment{Slot: l.name, Action: req.Action, State: slot.DeploymentQueued})
	if err != nil {
		t.Fatal(err)
	}
	j := newJob(req, d)
	l.e.keep(j)
	return j
}

// wantState checks the record in memory, on disk and at the end of the feed.
func wantState(t *testing.T, l *lane, j *job, want slot.DeploymentState) slot.Deployment {
	t.Helper()
	kept, _ := l.e.Store.Deployment(j.id)
	if got := j.record(); got.State != want || kept.State != want {
		t.Errorf("deployment %d is %s, on disk %s, want %s", j.id, got.State, kept.State, want)
	}
	if want.Ended() {
		_, last, err := followed(t.Context(), j.feed, nil)
		if err != nil || last.Deployment == nil || last.Deployment.State != want {
			t.Errorf("its followers saw %+v, %v", last.Deployment, err)
		}
	}
	return kept
}

func TestLane_KeepsOnlyTheNewestWaiting(t *testing.T) {
	l := idle(t)
	jobs := []*job{queued(t, l), queued(t, l), queued(t, l)}
	for _, j := range jobs {
		if err := l.submit(j); err != nil {
			t.Fatal(err)
		}
	}
	for i, j := range jobs[:2] {
		d := wantState(t, l, j, slot.DeploymentSuperseded)
		if d.Error == nil || d.Error.Kind != slot.KindCanceled || !strings.Contains(d.Error.Error(), "superseded by deployment") {
			t.Errorf("job %d ended with %v", i, d.Error)
		}
	}
	wantState(t, l, jobs[2], slot.DeploymentQueued)
	if !l.next() || l.next() {
		t.Error("not exactly one job was left")
	}
	d := wantState(t, l, jobs[2], slot.DeploymentFailed)
	if d.Error == nil || d.Error.Kind != slot.KindDown {
		t.Errorf("it ended with %v", d.Error)
	}
}

func TestLane_CancelsWhatWaitsAtOnce(t *testing.T) {
	l := idle(t)
	j := queued(t, l)
	if err := l.submit(j); err != nil {
		t.Fatal(err)
	}
	l.cancel(j, slot.E(slot.KindCanceled, "", errors.New("canceled")))
	wantState(t, l, j, slot.DeploymentCanceled)
	if l.next() {
		t.Error("a canceled job was run")
	}
	l.cancel(j, errors.New("again"))
	wantState(t, l, j, slot.DeploymentCanceled)
}

func TestLane_CancelsWhatWasJustTaken(t *testing.T) {
	l := idle(t)
	j := queued(t, l)
	j.cancel(slot.E(slot.KindCanceled, "", errors.New("canceled")))
	l.run(j)
	if d := wantState(t, l, j, slot.DeploymentCanceled); len(d.Steps) != 0 {
		t.Errorf("it ran %v", d.Steps)
	}
}

func TestLane_StopsBeforeItRunsWhatWaits(t *testing.T) {
	l := idle(t)
	before := queued(t, l)
	if err := l.submit(before); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- l.stop(t.Context(), true) }()
	<-before.ctx.Done() // the stop is noted by now
	after := queued(t, l)
	if err := l.submit(after); err != nil {
		t.Fatal(err)
	}
	if !l.next() {
		t.Fatal("there was nothing to do")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	wantState(t, l, before, slot.DeploymentCanceled)
	wantState(t, l, after, slot.DeploymentQueued)
}

func TestLane_TakesNothingAfterItsEnd(t *testing.T) {
	l := idle(t)
	l.refuse()
	close(l.quit)
	if err := l.submit(queued(t, l)); slot.AsError(err).Kind != slot.KindUnreachable {
		t.Errorf("submit gave %v", err)
	}
	if err := l.stop(t.Context(), true); slot.AsError(err).Kind != slot.KindUnreachable {
		t.Errorf("stop gave %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := idle(t).stop(ctx, true); !errors.Is(err, context.Canceled) {
		t.Errorf("stop of a caller that left gave %v", err)
	}
}

func TestEngine_TakesTheSlotsLetterInEitherCase(t *testing.T) {
	e := newEngine(t)
	d, err := e.Submit(slot.Request{Slot: "B", Action: slot.ActionDeploy, Repository: t.TempDir() + "/none"})
	if err != nil || d.Slot != "b" || d.ID == 0 {
		t.Errorf("got %+v, %v", d, err)
	}
	if err := e.Stop(t.Context(), "B"); err != nil {
		t.Error(err)
	}
}

func TestEngine_PushesOfOneMomentJoinOneDeployment(t *testing.T) {
	e := newEngine(t)
	works := e.lanes["a"]
	t.Cleanup(func() { e.lanes["a"] = works })
	for range 20 {
		e.lanes["a"] = newLane(e, "a") // nothing works in it: what is queued waits
		ids := make([]int64, 16)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				d, err := e.Submit(slot.Request{Slot: "a", Action: slot.ActionDeploy, IfChanged: true, Repository: "https://example.com/me/app"})
				if err != nil {
					t.Error(err)
				}
				ids[i] = d.ID
			})
		}
		all.Wait()
		if slices.ContainsFunc(ids, func(id int64) bool { return id != ids[0] }) {
			t.Fatalf("got the deployments %v, want one for all", ids)
		}
	}
}
