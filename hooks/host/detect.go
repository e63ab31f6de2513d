package host

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// codeSkipped marks the diagnostic of a hook that could not answer.
const codeSkipped = "hook.skipped"

// Detection is what one hook thinks of an app.
type Detection struct {
	Hook string `json:"hook"`
	hooks.Detection
}

// Detect asks all hooks at once, as many as there are processors at a time.
// The best stands first; equal scores are ordered as List is. Hooks that could
// not answer follow with Matched false and a diagnostic. A hook that is named
// is the only one asked, and must answer.
//
// When nothing matches, the error has KindFailed, says what was looked for,
// and hints at what to do.
func (h *Host) Detect(ctx context.Context, app App, hook string) ([]Detection, error) {
	all, err := h.DetectAll(ctx, app, hook)
	return slices.DeleteFunc(all, func(d Detection) bool { return !d.Matched && !d.Skipped() }), err
}

// DetectAll is Detect that also returns the answers of the hooks which do not
// know the app, between those that do and those that could not answer. When
// nothing matches, it returns the answers and the error.
func (h *Host) DetectAll(ctx context.Context, app App, hook string) ([]Detection, error) {
	if info, err := os.Stat(app.AppDir); err != nil || !info.IsDir() {
		return nil, slot.E(slot.KindFailed, "check the slot's root", fmt.Errorf("cannot detect the app: there is no folder %q in the repository", below(app)))
	}
	candidates, skipped, err := h.candidates(ctx, hook)
	if err != nil {
		return nil, err
	}
	answers, failures := h.askAll(ctx, candidates, app)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var matched, others []Detection
	for i, answer := range answers {
		switch {
		case failures[i] != nil && hook != "":
			return nil, failures[i]
		case failures[i] != nil:
			skipped = append(skipped, broken(candidates[i].Name, failures[i]))
		case answer.Matched:
			h.preview(app, &answer)
			matched = append(matched, answer)
		default:
			others = append(others, answer)
		}
	}
	all := slices.Concat(matched, others, skipped)
	if len(matched) == 0 {
		return all, noMatch(app, hook, all)
	}
	slices.SortStableFunc(all[:len(matched)], func(a, b Detection) int { return b.Score - a.Score })
	return all, nil
}

// Skipped reports whether the hook could not answer; its diagnostic says why.
func (d *Detection) Skipped() bool {
	return slices.ContainsFunc(d.Diagnostics, func(g slot.Diagnostic) bool { return g.Code == codeSkipped })
}

// candidates returns the hooks to ask, and those that are left out with the
// reason.
func (h *Host) candidates(ctx context.Context, hook string) (ask []Info, skipped []Detection, err error) {
	if hook != "" {
		info, err := h.find(hook)
		return []Info{info}, nil, err
	}
	for _, info := range h.List(ctx) {
		switch {
		case info.Active:
			ask = append(ask, info)
		case info.Trust != TrustBuiltin:
			skipped = append(skipped, broken(info.Name, info.refusal()))
		}
	}
	return ask, skipped, nil
}

// askAll asks the built-in hooks in one process and each other hook in its own,
// as many processes at a time as there are processors. The answers stand in
// the order of the hooks.
func (h *Host) askAll(ctx context.Context, candidates []Info, app App) ([]Detection, []error) {
	answers, failures := make([]Detection, len(candidates)), make([]error, len(candidates))
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	start := func(asked ...int) {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			h.ask(ctx, candidates, asked, app, answers, failures)
		})
	}
	var builtin []int
	for i, info := range candidates {
		if info.Trust == TrustBuiltin {
			builtin = append(builtin, i)
		} else {
			start(i)
		}
	}
	if len(builtin) > 0 {
		start(builtin...)
	}
	group.Wait()
	return answers, failures
}

// ask starts one process for the hooks with these indexes and puts their
// answers into place. When one of several breaks the process, each is asked
// again by itself, so that it spoils no other's answer.
func (h *Host) ask(ctx context.Context, candidates []Info, asked []int, app App, answers []Detection, failures []error) {
	first := candidates[asked[0]]
	for _, i := range asked[1:] {
		first.with = append(first.with, candidates[i].Name)
	}
	r, err := h.launch(ctx, first, app, h.sandbox(app), nil)
	if err == nil {
		defer r.stop()
		limited, done := context.WithTimeout(ctx, detectLimit)
		defer done()
		for _, i := range asked {
			name := candidates[i].Name
			var d hooks.Detection
			if d, err = r.Named(name).Detect(limited, app); err != nil {
				err = r.broken(name, "could not look at the app", err)
				break
			}
			answers[i] = Detection{name, d}
		}
	}
	if err == nil {
		return
	}
	if len(asked) == 1 {
		failures[asked[0]] = err
		return
	}
	for _, i := range asked {
		h.ask(ctx, candidates, []int{i}, app, answers, failures)
	}
}

// preview applies to the hook's preview what Build will apply to its plan.
func (h *Host) preview(app App, d *Detection) {
	plan, err := overlay(app, d.Preview)
	d.Preview = plan
	if err != nil {
		d.Diagnostics = append(d.Diagnostics, diagnosticOf(err, "plan.invalid"))
	}
}

// broken is the entry of a hook that did not answer.
func broken(hook string, err error) Detection {
	e := slot.AsError(err)
	return Detection{hook, hooks.Detection{Diagnostics: []slot.Diagnostic{{
		Severity: slot.SeverityWarning, Code: codeSkipped, Summary: e.Error(), Hint: e.Hint,
	}}}}
}
