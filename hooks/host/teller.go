package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// teller passes what a build tells on to the sink, one event at a time, and
// keeps what an error needs. The hook's own prints come from another
// goroutine than its events.
type teller struct {
	mu          sync.Mutex
	sink        func(slot.Event)
	closed      bool
	output      []string // the last lines, outputKept at most
	diagnostics []slot.Diagnostic
	policy      *sandbox.Policy // of the build
	denied      *sandbox.Denied // by it, last

	bytes   int64
	limits  BuildRequest
	cancel  context.CancelCauseFunc
	silence *time.Timer
}

// watch makes the teller look for what the policy of the build denies.
func (t *teller) watch(policy *sandbox.Policy) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.policy = policy
}

// limit starts the build's clocks; the returned function stops them.
func (t *teller) limit(request BuildRequest, cancel context.CancelCauseFunc) (stop func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	request.Timeout = orDefault(request.Timeout, DefaultTimeout)
	request.Silence = orDefault(request.Silence, DefaultSilence)
	request.OutputLimit = orDefault(request.OutputLimit, DefaultOutputLimit)
	t.limits, t.cancel = request, cancel
	t.silence = time.AfterFunc(request.Silence, func() {
		cancel(limitReached("build.silent", fmt.Sprintf("the build was silent for %v", request.Silence),
			"a command that waits for an answer gets none here; run it with its non-interactive flag"))
	})
	total := time.AfterFunc(request.Timeout, func() {
		cancel(limitReached("build.timeout", fmt.Sprintf("the build took longer than %v", request.Timeout),
			"the last lines of its output show what it was doing"))
	})
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.silence.Stop()
		t.silence = nil
		total.Stop()
	}
}

func limitReached(code, summary, hint string) error {
	return hooks.Fail(slot.Diagnostic{Code: code, Summary: summary, Hint: hint})
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// end ends the passing on and returns what was kept.
func (t *teller) end() ([]slot.Diagnostic, []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	return t.diagnostics, t.output
}

// hookEvent passes on an event of the hook.
func (t *teller) hookEvent(e hooks.Event) {
	event := slot.Event{Line: e.Line, Diagnostic: e.Diagnostic}
	if s := e.Step; s != nil {
		event.Step = &slot.Step{Name: slot.StepBuild + "." + slot.StepName(s.ID), State: s.State, Detail: s.Title, DurationMS: s.Duration.Milliseconds()}
		switch {
		case s.State == hooks.StepSkipped:
			event.Step.State, event.Step.Detail = slot.StepDone, s.Title+" (not needed)"
		case s.Cache == hooks.CacheHit:
			event.Step.Detail += " (from cache)"
		}
	}
	t.tell(event)
}

func (t *teller) tell(event slot.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	if t.silence != nil {
		t.silence.Reset(t.limits.Silence)
	}
	switch {
	case event.Diagnostic != nil:
		t.diagnostics = append(t.diagnostics, *event.Diagnostic)
	case event.Line != nil:
		if len(t.output) == outputKept {
			t.output = slices.Delete(t.output, 0, 1)
		}
		t.output = append(t.output, event.Line.Text)
		if d, ok := t.policy.Explain([]string{event.Line.Text}); ok {
			t.denied = &d
		}
		if t.bytes += int64(len(event.Line.Text)) + 1; t.bytes > t.limits.OutputLimit {
			t.cancel(limitReached("build.output", fmt.Sprintf("the build printed more than %d MiB", t.limits.OutputLimit>>20),
				"print less: most tools have a flag such as --quiet"))
			return
		}
	}
	event.Time = time.Now()
	t.sink(event)
}

// stray returns the writer for what a hook prints once it runs.
func (t *teller) stray() io.Writer { return &strayLines{t: t} }

type strayLines struct {
	t    *teller
	mu   sync.Mutex // standard output and error share it
	rest string
}

func (s *strayLines) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest += string(p)
	for {
		line, rest, ok := strings.Cut(s.rest, "\n")
		if !ok && len(s.rest) < hooks.MaxLine {
			return len(p), nil
		}
		s.rest = rest
		s.t.tell(slot.Event{Line: &slot.BuildLine{Stream: hooks.StreamHook, Text: strings.ToValidUTF8(line, "\uFFFD")}})
	}
}

// tellDenied says what the sandbox kept from a build that failed.
func (t *teller) tellDenied() {
	t.mu.Lock()
	denied := t.denied
	t.mu.Unlock()
	if denied == nil {
		return
	}
	t.tell(slot.Event{Diagnostic: &slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "sandbox.denied",
		Summary: fmt.Sprintf("the sandbox does not let the build %v", denied),
		Hint:    fmt.Sprintf("if it must: slot config set %s.sandbox=off", t.limits.App.Slot),
	}})
}

// fail makes the error of a failed build and sees to it that a diagnostic
// explains it.
func (t *teller) fail(err error) error {
	if !errors.Is(err, hooks.ErrBuildFailed) {
		d := diagnosticOf(err, "build.failed")
		t.tell(slot.Event{Diagnostic: &d})
	}
	t.tellDenied()
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.diagnostics, func(d slot.Diagnostic) bool { return d.Severity == slot.SeverityError })
	if i < 0 {
		return slot.E(slot.KindFailed, "", err)
	}
	kind := slot.AsError(err).Kind
	return slot.E(kind, t.diagnostics[i].Hint, errors.New(t.diagnostics[i].Summary))
}
