package hooks

import (
	"strings"
	"time"

	"github.com/slot-paas/slot/hooks/hookpb"
	"github.com/slot-paas/slot/slot"
)

// text makes a string of bytes that come from a program: protobuf and JSON
// take UTF-8 only.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func diagnosticToWire(d slot.Diagnostic) *hookpb.Diagnostic {
	return &hookpb.Diagnostic{
		Severity: severityToWire(d.Severity), Code: d.Code, Summary: text(d.Summary), Detail: text(d.Detail),
		Hint: text(d.Hint), File: text(d.File), Line: int32(d.Line),
	}
}

func diagnosticFromWire(d *hookpb.Diagnostic) slot.Diagnostic {
	return slot.Diagnostic{
		Severity: severityFromWire(d.GetSeverity()), Code: d.GetCode(), Summary: d.GetSummary(), Detail: d.GetDetail(),
		Hint: d.GetHint(), File: d.GetFile(), Line: int(d.GetLine()),
	}
}

func severityToWire(s slot.Severity) hookpb.Severity {
	switch s {
	case slot.SeverityError:
		return hookpb.Severity_SEVERITY_ERROR
	case slot.SeverityWarning:
		return hookpb.Severity_SEVERITY_WARNING
	}
	return hookpb.Severity_SEVERITY_INFO
}

func severityFromWire(s hookpb.Severity) slot.Severity {
	switch s {
	case hookpb.Severity_SEVERITY_ERROR:
		return slot.SeverityError
	case hookpb.Severity_SEVERITY_WARNING:
		return slot.SeverityWarning
	}
	return slot.SeverityInfo
}

func streamToWire(stream string) hookpb.Stream {
	switch stream {
	case StreamStdout:
		return hookpb.Stream_STREAM_STDOUT
	case StreamStderr:
		return hookpb.Stream_STREAM_STDERR
	}
	return hookpb.Stream_STREAM_HOOK
}

func streamFromWire(stream hookpb.Stream) string {
	switch stream {
	case hookpb.Stream_STREAM_STDOUT:
		return StreamStdout
	case hookpb.Stream_STREAM_STDERR:
		return StreamStderr
	}
	return StreamHook
}

func stepToWire(s StepEvent) *hookpb.Step {
	out := &hookpb.Step{Id: s.ID, Title: text(s.Title), DurationMs: s.Duration.Milliseconds(), ExitCode: int32(s.ExitCode)}
	switch s.State {
	case slot.StepRunning:
		out.State = hookpb.State_STATE_RUNNING
	case slot.StepDone:
		out.State = hookpb.State_STATE_DONE
	case slot.StepFailed:
		out.State = hookpb.State_STATE_FAILED
	case StepSkipped:
		out.State = hookpb.State_STATE_SKIPPED
	}
	switch s.Cache {
	case CacheHit:
		out.Cache = hookpb.Cache_CACHE_HIT
	case CacheMiss:
		out.Cache = hookpb.Cache_CACHE_MISS
	case CacheBypass:
		out.Cache = hookpb.Cache_CACHE_BYPASS
	}
	return out
}

func stepFromWire(s *hookpb.Step) StepEvent {
	out := StepEvent{
		ID: s.GetId(), Title: s.GetTitle(), State: slot.StepRunning,
		Duration: time.Duration(s.GetDurationMs()) * time.Millisecond, ExitCode: int(s.GetExitCode()),
	}
	switch s.GetState() {
	case hookpb.State_STATE_DONE:
		out.State = slot.StepDone
	case hookpb.State_STATE_FAILED:
		out.State = slot.StepFailed
	case hookpb.State_STATE_SKIPPED:
		out.State = StepSkipped
	}
	switch s.GetCache() {
	case hookpb.Cache_CACHE_HIT:
		out.Cache = CacheHit
	case hookpb.Cache_CACHE_MISS:
		out.Cache = CacheMiss
	case hookpb.Cache_CACHE_BYPASS:
		out.Cache = CacheBypass
	}
	return out
}
