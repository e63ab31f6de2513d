package slot

import (
	"fmt"
	"slices"
	"time"
)

// Action is what a deployment does.
type Action string

// The actions. All run through the same engine.
const (
	ActionDeploy   Action = "deploy"   // fetch, build, start, switch
	ActionRollback Action = "rollback" // start a kept release, switch
	ActionRestart  Action = "restart"  // start the live release anew, switch
	ActionStart    Action = "start"    // start the live release of a stopped slot
	ActionConfig   Action = "config"   // a new release of the same artefact with new variables
	ActionPromote  Action = "promote"  // another slot's artefact with this slot's variables
)

// DeploymentState is where a deployment stands.
type DeploymentState string

// The states. Queued and running are the only ones that change.
const (
	DeploymentQueued     DeploymentState = "queued"
	DeploymentRunning    DeploymentState = "running"
	DeploymentLive       DeploymentState = "live"       // it switched
	DeploymentFailed     DeploymentState = "failed"     // undone; see Error
	DeploymentCanceled   DeploymentState = "canceled"   // by a person
	DeploymentSuperseded DeploymentState = "superseded" // a newer request took its place
	DeploymentSkipped    DeploymentState = "skipped"    // nothing to do; see Reason
)

// DeploymentStates returns every state, in the order a deployment has them.
func DeploymentStates() []DeploymentState {
	return []DeploymentState{DeploymentQueued, DeploymentRunning, DeploymentLive, DeploymentFailed, DeploymentCanceled, DeploymentSuperseded}
}

// ParseDeploymentState returns the state that s names.
func ParseDeploymentState(s string) (DeploymentState, error) {
	if state := DeploymentState(s); slices.Contains(DeploymentStates(), state) {
		return state, nil
	}
	return "", E(KindUsage, "queued, running, live, failed, canceled or superseded", fmt.Errorf("no state %q", s))
}

// Ended reports whether the state is final.
func (s DeploymentState) Ended() bool {
	return s != DeploymentQueued && s != DeploymentRunning
}

// Request asks the engine for a deployment. Empty fields of a deploy mean the
// slot's configuration.
type Request struct {
	Slot       Name   `json:"slot"`
	Action     Action `json:"action"`
	Trigger    string `json:"trigger"`              // "cli", "boot", "push", …
	Repository string `json:"repository,omitempty"` // address or absolute folder
	Branch     string `json:"branch,omitempty"`     // branch, tag or commit
	Release    int    `json:"release,omitempty"`    // rollback: which; 0 is the one before the live one. promote: of From; 0 is its live one
	From       Name   `json:"from,omitempty"`       // promote: the slot that has the artefact
	NoCache    bool   `json:"no_cache,omitempty"`
	IfChanged  bool   `json:"if_changed,omitempty"` // deploy: skip it when the live release is as new, or nothing watched changed
	Source     Source `json:"source,omitzero"`      // what it is said to bring, for its record until that was fetched
	Reason     string `json:"-"`                    // why slot asks for it by itself
}

// Deployment is the record of one act on a slot.
type Deployment struct {
	ID          int64           `json:"id"` // 1, 2, … within the workspace
	Slot        Name            `json:"slot"`
	Action      Action          `json:"action"`
	Trigger     string          `json:"trigger,omitempty"`
	State       DeploymentState `json:"state"`
	Source      Source          `json:"source,omitzero"`
	Release     int             `json:"release,omitempty"`  // the release it made or took
	Previous    int             `json:"previous,omitempty"` // the release live before
	From        Name            `json:"from,omitempty"`     // promote: the slot that had the artefact
	FromRelease int             `json:"from_release,omitempty"`
	URL         string          `json:"url,omitempty"`
	Steps       []Step          `json:"steps,omitempty"`
	Diagnostics []Diagnostic    `json:"diagnostics,omitempty"`
	Error       *Error          `json:"error,omitempty"`
	CutShort    bool            `json:"cut_short,omitempty"` // the daemon ended during it: it says nothing of the commit
	Reason      string          `json:"reason,omitempty"`    // why it was skipped, or why slot asked for it by itself
	Output      []string        `json:"output,omitempty"`    // the last lines of what failed, 20 at most
	RequestedAt time.Time       `json:"requested_at"`
	StartedAt   time.Time       `json:"started_at,omitzero"`
	EndedAt     time.Time       `json:"ended_at,omitzero"`
}

// StepName names a step of a deployment, in the order they run.
type StepName string

// The steps.
const (
	StepFetch    StepName = "fetch"
	StepDetect   StepName = "detect"
	StepBuild    StepName = "build"
	StepCopy     StepName = "copy"    // promote: another slot's artefact
	StepPersist  StepName = "persist" // where the slot keeps paths
	StepPreHook  StepName = "prehook" // where it has pre_deploy_hooks
	StepRelease  StepName = "release" // the release command
	StepStart    StepName = "start"
	StepCheck    StepName = "check"
	StepSwitch   StepName = "switch"
	StepDrain    StepName = "drain"
	StepPostHook StepName = "posthook" // where it has post_deploy_hooks
	StepPrune    StepName = "prune"
)

// StepState is where a step stands.
type StepState string

// The states of a step.
const (
	StepRunning StepState = "running"
	StepDone    StepState = "done"
	StepFailed  StepState = "failed"
)

// Step is one step as it is shown and recorded. Detail is for people.
type Step struct {
	Name       StepName  `json:"name"`
	State      StepState `json:"state"`
	Detail     string    `json:"detail,omitempty"`
	DurationMS int64     `json:"duration_ms"`
}

// WaitsForBuilds is the detail of a running build that has not begun: as many
// run as may at once.
const WaitsForBuilds = "waits for another build to end"

// Severity of a diagnostic.
type Severity string

// The severities.
const (
	SeverityInfo    Severity = "info"
	SeverityWarning Severity = "warning"
	SeverityError   Severity = "error"
)

// Diagnostic is a cause with its evidence and what to do next. Code is stable
// ("node.lock_out_of_sync"); the texts are for people.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail,omitempty"`
	Hint     string   `json:"hint,omitempty"`
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`
}

// Event is one thing that happened in a deployment, in the order it did.
// Exactly one of Step, Line, Diagnostic and Deployment is set; Deployment
// comes when it is queued, when it starts and, last of all, when it ended.
type Event struct {
	Time       time.Time   `json:"time"`
	Step       *Step       `json:"step,omitempty"`
	Line       *BuildLine  `json:"line,omitempty"`
	Diagnostic *Diagnostic `json:"diagnostic,omitempty"`
	Deployment *Deployment `json:"deployment,omitempty"`
}

// BuildLine is one line of a build's output. Stream is "stdout", "stderr" or
// "hook".
type BuildLine struct {
	Stream string `json:"stream"`
	Text   string `json:"text"`
}
