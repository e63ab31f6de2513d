package slot

import (
	"fmt"
	"slices"
	"time"
)

// Facts are what is known of one slot at one moment: all that Explain goes by.
// Zero fields are not known, or there is nothing of them.
type Facts struct {
	Inspection
	Now     time.Time
	Desired Desired
	Config  SlotConfig  // in force
	Built   *SlotConfig // in force when the live artefact was built; nil where that is not known
	Started *SlotConfig // in force when the live release was started last

	Env      map[string]string // the live release's variables
	Broken   string            // why slots.json is not in force
	Causes   []Diagnostic      // known causes in the last words of an app that ended
	Restarts []Restart         // that slot itself asked for, newest first
	Ahead    []Deployment      // of other slots, that run
	Builds   int               // that run at once
	Requests int64             // to the slot in the last minutes
	Failures int64             // of those, answered with 500 and above
	Passed   *Passed           // the newest push, where nothing was deployed for it
	Database DatabaseStatus    // that the app gets
}

// Restart is one that slot asked for by itself.
type Restart struct {
	At      time.Time
	Trigger string // "liveness", "memory_limit", "processes"; "" for a process that ended at once
	Reason  string
}

// Passed is a delivery of the webhook that led to no deployment of the slot.
type Passed struct {
	Number int64
	At     time.Time
	Decision
}

// Explanation says in words why a slot is as it is.
type Explanation struct {
	Slot    Name     `json:"slot"`
	State   State    `json:"state"`
	Summary string   `json:"summary"`          // a line
	Because []string `json:"because"`          // sentences, what matters most first
	Output  []string `json:"output,omitempty"` // last lines of what failed
	Try     []string `json:"try"`              // commands or changes, the best first; none where all is well
}

// Explain reasons from facts alone: it asks and changes nothing.
func Explain(f Facts) Explanation {
	x := explainer{Facts: f, s: f.Status, e: Explanation{Slot: f.Status.Slot, State: f.Status.State, Because: []string{}, Try: []string{}}}
	x.state()
	x.underWay()
	x.lastDeployment()
	x.lastPush()
	x.troubles()
	x.waiting()
	x.keeping()
	return x.e
}

// explainer collects sentences about one slot.
type explainer struct {
	Facts
	s Status
	e Explanation
}

func (x *explainer) because(format string, args ...any) {
	x.e.Because = append(x.e.Because, fmt.Sprintf(format, args...))
}

// try adds what to do, once.
func (x *explainer) try(text string) {
	if text != "" && !slices.Contains(x.e.Try, text) {
		x.e.Try = append(x.e.Try, text)
	}
}

func (x *explainer) command(format string) { x.try(fmt.Sprintf(format, x.s.Slot)) }

// ago is how long t is past.
func (x *explainer) ago(t time.Time) string { return Age(t, x.Now) }
