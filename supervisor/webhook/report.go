package webhook

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/internal/github"
	"github.com/slot-paas/slot/slot"
)

// reports are the deployments that GitHub is told of. One goroutine follows
// each; as pushes join a deployment that waits, there are two a slot at most.
type reports struct {
	mu      sync.Mutex
	running map[int64]bool
	closed  bool
	wg      sync.WaitGroup
}

// background runs f until Close at most; it begins nothing after that.
func (r *Receiver) background(f func()) {
	r.reports.mu.Lock()
	defer r.reports.mu.Unlock()
	if !r.reports.closed {
		r.reports.wg.Go(f)
	}
}

// report tells GitHub beside the commit what becomes of a deployment, where
// there is a token for it. repository is its full name on the host; pull is the
// pull request that hears of it too, 0 for none.
func (r *Receiver) report(host, repository string, id int64, pull int) {
	api := r.api(host, repository)
	if api == nil || id == 0 {
		return
	}
	r.reports.mu.Lock()
	again := r.reports.running[id]
	r.reports.running[id] = true
	r.reports.mu.Unlock()
	if again {
		return
	}
	r.background(func() {
		r.follow(api, repository, id, pull)
		r.reports.mu.Lock()
		delete(r.reports.running, id)
		r.reports.mu.Unlock()
	})
}

// api returns a client for a repository on GitHub, nil without a token. The
// token is github.com's, or that of the host of GITHUB_API_URL: no other host's
// repositories are told of, whatever they are called.
func (r *Receiver) api(host, repository string) *github.Client {
	token, web := r.Token(), github.WebHost(r.GitHubAPI)
	if repository == "" || token == "" || web != "" && !strings.EqualFold(web, host) {
		return nil
	}
	api, err := github.New(r.GitHubAPI, token)
	if err != nil {
		r.Log.Warn("cannot tell GitHub of deployments", slot.KeyError, err)
		return nil
	}
	return api
}

// follow sets the status of the commit that a deployment fetched: pending once
// it has, and in the end how it ended. Until then the record's commit is only
// the one that was said to come.
func (r *Receiver) follow(api *github.Client, repository string, id int64, pull int) {
	var d slot.Deployment
	fetched, told := false, "" // told is the state that stands there
	err := r.Follow(r.ctx, id, func(ev slot.Event) error {
		switch {
		case ev.Deployment != nil:
			d = *ev.Deployment
		case ev.Step != nil && ev.Step.Name == slot.StepFetch && ev.Step.State == slot.StepDone:
			fetched = true
		default:
			return nil
		}
		s, ok := statusFor(d)
		if !ok || s.State == told || d.Source.Commit == "" || !fetched && !d.State.Ended() {
			return nil
		}
		told = s.State
		err := r.retry(func(ctx context.Context) error { return api.SetStatus(ctx, repository, d.Source.Commit, s) })
		if err != nil || pull == 0 {
			return err
		}
		return r.retry(func(ctx context.Context) error {
			return api.Comment(ctx, repository, pull, commentMark, commentFor(d, s))
		})
	})
	if err != nil && r.ctx.Err() == nil {
		r.Log.Warn("cannot tell GitHub of a deployment", slot.KeyDeployment, id, slot.KeyError, err)
	}
}

// statusFor is what GitHub shows of a deployment beside its commit.
func statusFor(d slot.Deployment) (s github.Status, ok bool) {
	s = github.Status{Context: "slot/" + string(d.Slot), TargetURL: d.URL}
	switch {
	case d.CutShort:
		return s, false // the next daemon catches up
	case d.State == slot.DeploymentRunning:
		s.State, s.Description = "pending", "being built and checked"
	case d.State == slot.DeploymentLive:
		s.State = "success"
		s.Description = fmt.Sprintf("release %d is live after %.1f s", d.Release, d.EndedAt.Sub(d.StartedAt).Seconds())
	case d.State == slot.DeploymentSkipped:
		s.State, s.Description = "success", d.Reason
	case d.State == slot.DeploymentFailed && d.Error != nil:
		s.State, s.Description = "failure", d.Error.Error()
		if g := firstCause(d); g != "" {
			s.Description = g
		}
	case d.State == slot.DeploymentCanceled:
		s.State, s.Description = "error", "canceled"
	default:
		return s, false
	}
	s.Description = clean(s.Description, github.MaxDescription)
	return s, true
}

// firstCause is what was found out about a failure, which says more than which
// step failed.
func firstCause(d slot.Deployment) string {
	for _, g := range d.Diagnostics {
		if g.Severity == slot.SeverityError {
			return g.Summary
		}
	}
	return ""
}

// retries are the pauses before each try.
var retries = []time.Duration{0, 2 * time.Second, 10 * time.Second}

// retry makes a call, again where that fails.
func (r *Receiver) retry(call func(context.Context) error) (err error) {
	for _, pause := range retries {
		select {
		case <-r.ctx.Done():
			return r.ctx.Err()
		case <-time.After(pause):
		}
		if err = call(r.ctx); err == nil || slot.AsError(err).Kind == slot.KindRefused {
			return err // GitHub's no stays a no
		}
	}
	return err
}
