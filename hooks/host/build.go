package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// Limits of a build where the request has none. Source: the contract.
const (
	DefaultTimeout     = 15 * time.Minute
	DefaultSilence     = 5 * time.Minute
	DefaultOutputLimit = 64 << 20
)

// outputKept is how many lines a failed build shows.
const outputKept = 20

// BuildRequest asks for one build. Zero limits mean the defaults.
type BuildRequest struct {
	App         App
	Detection   Detection
	OutputDir   string // absolute; made when it is not there
	NoCache     bool
	Timeout     time.Duration // for the whole build
	Silence     time.Duration // without a line of output
	OutputLimit int64         // bytes
}

// Result is what became of a build. Of a failed one Diagnostics and Output
// are set.
type Result struct {
	Plan        slot.LaunchPlan
	Versions    []hooks.Version
	Caches      []hooks.CacheUse
	Diagnostics []slot.Diagnostic // all that were told, the host's too
	Output      []string          // the last lines, 20 at most
}

// Build starts the hook of the detection for this build only, tells sink of
// every line, step and diagnostic, one at a time, and returns the plan with
// the app's Procfile and the user's overrides laid over it. A step of the hook
// bears the name "build.ID". When Build returns, every process of the build is
// gone and sink is not called any more.
//
// A failed build gives the Result as far as it came and an error of
// KindFailed with the summary and the hint of the first error diagnostic; a
// canceled ctx one of KindCanceled.
func (h *Host) Build(ctx context.Context, request BuildRequest, sink func(slot.Event)) (Result, error) {
	t := &teller{sink: sink}
	plan, err := h.build(ctx, request, t)
	result := Result{Plan: plan.Plan, Versions: plan.Versions, Caches: plan.Caches}
	if err != nil {
		if ctx.Err() != nil {
			err = slot.E(slot.KindCanceled, "", fmt.Errorf("the build was canceled: %w", context.Cause(ctx)))
		} else {
			err = t.fail(err)
		}
	}
	result.Diagnostics, result.Output = t.end()
	return result, err
}

func (h *Host) build(ctx context.Context, request BuildRequest, t *teller) (hooks.Result, error) {
	none := hooks.Result{}
	if _, err := procfileOf(request.App); err != nil {
		return none, err // at once, rather than after minutes of building
	}
	name := request.Detection.Hook
	info, err := h.find(name)
	if err != nil {
		return none, err
	}
	inner := hooks.BuildRequest{
		App: request.App, Detected: request.Detection.Detection, OutputDir: request.OutputDir,
		Jobs: runtime.NumCPU(), NoCache: request.NoCache,
	}
	inner.CacheDir, inner.SharedCacheDir = h.slotCache(request.App.Slot, name), h.store(request.App.Slot, name)
	end, err := h.caches.begin(ctx, inner.CacheDir, inner.SharedCacheDir)
	if err != nil {
		return none, err
	}
	defer end()
	now := time.Now()
	for _, dir := range []string{inner.CacheDir, inner.SharedCacheDir, inner.OutputDir} {
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.Chtimes(dir, now, now)); err != nil {
			return none, fmt.Errorf("cannot prepare the build: %w", err)
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer t.limit(request, cancel)()
	policy := h.buildSandbox(inner)
	t.watch(policy)
	r, err := h.launch(ctx, info, request.App, policy, t.stray())
	if err != nil {
		return none, err
	}
	inner.TmpDir = r.tmp
	result, err := r.Build(ctx, inner, t.hookEvent)
	switch {
	case ctx.Err() != nil:
		r.cancel()
		return none, context.Cause(ctx)
	case err != nil && !errors.Is(err, hooks.ErrBuildFailed):
		err = crashed(r, name, err)
	}
	r.stop()
	if err != nil {
		return none, err
	}
	return h.finish(request.App, name, result)
}

// finish lays Procfile and overrides over the plan and checks it.
func (h *Host) finish(app App, hook string, result hooks.Result) (hooks.Result, error) {
	var err error
	if result.Plan, err = overlay(app, result.Plan); err != nil {
		return result, err
	}
	if err := result.Plan.Validate(); err != nil {
		return result, hooks.Fail(slot.Diagnostic{
			Code: "hook.plan_invalid", Summary: fmt.Sprintf("hook %q built, but the app cannot be run: %v", hook, err),
			Hint: "set start to the app's command, or static_root to the folder to serve",
		})
	}
	for _, p := range result.Plan.Processes {
		// A cache is removed when it is too large, and a kept release must start.
		if command := p.Command(); strings.Contains(command, h.options.CacheDir+string(filepath.Separator)) {
			return result, hooks.Fail(slot.Diagnostic{
				Code: "hook.plan_invalid", Summary: fmt.Sprintf("hook %q wants to run %s from a cache, which may go at any time", hook, command),
				Hint: "the hook's author puts what runs into output_dir or the app",
			})
		}
	}
	if root := app.Overrides.StaticRoot; root != "" {
		if info, err := os.Stat(filepath.Join(app.AppDir, root)); err != nil || !info.IsDir() {
			return result, hooks.Fail(slot.Diagnostic{
				Code: "static.no_root", Summary: fmt.Sprintf("the build left no folder %q", root),
				Hint: "static_root names the folder that the build writes, relative to the app's root",
			})
		}
	}
	return result, nil
}

// crashed explains a hook that did not end its build in an orderly way.
func crashed(r *running, name string, err error) error {
	d := slot.Diagnostic{
		Code: "hook.crashed", Summary: fmt.Sprintf("hook %q broke off the build: %v", name, err),
		Hint: "deploy again; if it happens again, tell the hook's author",
	}
	if s, ok := status.FromError(err); ok && s.Code() != codes.Unavailable {
		d.Summary = fmt.Sprintf("hook %q crashed: %s", name, s.Message())
	} else if r.process.ended(time.Second) {
		d.Summary = fmt.Sprintf("hook %q crashed: %s", name, r.process.status())
		if strings.Contains(d.Summary, "killed") {
			d.Hint = "if nobody ended it, the machine ran out of memory: build with less at once, or on a larger machine"
		}
	}
	r.plugin.Kill() // and wait until its last words were read
	d.Detail = r.stderr.String()
	return hooks.Fail(d)
}

// diagnosticOf returns the diagnostic of a failure, or one made of the error.
func diagnosticOf(err error, code string) slot.Diagnostic {
	d := slot.Diagnostic{Code: code, Summary: err.Error(), Hint: slot.AsError(err).Hint}
	var failure *hooks.Failure
	if errors.As(err, &failure) {
		d = failure.Diagnostic
	}
	d.Severity = slot.SeverityError
	return d
}
