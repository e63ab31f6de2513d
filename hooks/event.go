package hooks

import (
	"time"

	"github.com/slot-paas/slot/slot"
)

// The streams of a build's lines.
const (
	StreamStdout = "stdout"
	StreamStderr = "stderr"
	StreamHook   = "hook" // the hook itself speaks
)

// MaxLine is the longest line of a build in bytes; a longer one is cut into
// several. Source: the contract.
const MaxLine = 64 << 10

// Event is one thing that a build tells. Exactly one field is set.
type Event struct {
	Line       *slot.BuildLine
	Step       *StepEvent
	Diagnostic *slot.Diagnostic
}

// StepEvent tells that a step of a hook began or ended.
type StepEvent struct {
	ID       string
	Title    string
	State    slot.StepState // running, done, failed or StepSkipped
	Duration time.Duration  // once it ended
	Cache    CacheState
	ExitCode int // of the command that failed it
}
