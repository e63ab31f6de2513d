package hooks

import (
	"fmt"
	"sync"
	"time"

	"github.com/slot-paas/slot/hooks/hookpb"
	"github.com/slot-paas/slot/slot"
)

// Build is how a hook tells of its work and runs commands. It is safe for
// concurrent use while Hook.Build runs, and not to be used afterwards.
type Build struct {
	app  App
	mu   sync.Mutex
	send func(*hookpb.BuildResponse) error
	told bool // an error diagnostic was sent
}

// Log tells the user one line in the hook's own voice.
func (b *Build) Log(format string, args ...any) {
	b.line(StreamHook, []byte(fmt.Sprintf(format, args...)))
}

// Diagnose shows a diagnostic. It does not end the build: return an error for
// that.
func (b *Build) Diagnose(d slot.Diagnostic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = b.told || d.Severity == slot.SeverityError
	b.emit(&hookpb.BuildResponse{Event: &hookpb.BuildResponse_Diagnostic{Diagnostic: diagnosticToWire(d)}})
}

// Step begins a step that the user sees, such as "install", "npm ci". End it.
func (b *Build) Step(id, title string) *Step {
	s := &Step{b: b, event: StepEvent{ID: id, Title: title, State: slot.StepRunning}, began: time.Now()}
	s.tell()
	return s
}

// Step is one part of a build. It is for one goroutine.
type Step struct {
	b     *Build
	event StepEvent
	began time.Time
}

// Cache notes how the step used its cache; it is told when the step ends.
func (s *Step) Cache(c CacheState) { s.event.Cache = c }

// End ends the step: done without an error, else failed. It returns err.
func (s *Step) End(err error) error {
	s.event.State = slot.StepDone
	if err != nil {
		s.event.State = slot.StepFailed
		if c, ok := err.(*CommandError); ok {
			s.event.ExitCode = c.Code
		}
	}
	s.tell()
	return err
}

// Skip ends the step as not needed.
func (s *Step) Skip() {
	s.event.State = StepSkipped
	s.tell()
}

func (s *Step) tell() {
	if s.event.State != slot.StepRunning {
		s.event.Duration = time.Since(s.began)
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.emit(&hookpb.BuildResponse{Event: &hookpb.BuildResponse_Step{Step: stepToWire(s.event)}})
}

func (b *Build) line(stream string, line []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for first := true; first || len(line) > 0; first = false {
		part := line[:min(len(line), MaxLine)]
		line = line[len(part):]
		b.emit(&hookpb.BuildResponse{Event: &hookpb.BuildResponse_Log{Log: &hookpb.LogLine{Stream: streamToWire(stream), Line: part}}})
	}
}

// emit sends with b.mu held. An error means that the host is gone or has
// canceled: then the context of the build ends too, and nobody listens.
func (b *Build) emit(event *hookpb.BuildResponse) { _ = b.send(event) }
