// Package coder has the words of a Coder workspace and the rules by which its
// server judges them: addresses, parameters, where a token is found. It needs
// nothing of Coder's own code, so that the daemon can know its public
// addresses without carrying Coder's client; package coderapi has that.
// Nothing here starts or keeps running; only files named by the caller are
// read or written.
package coder

import (
	"errors"
	"time"
)

// Workspace is one workspace as its server describes it.
type Workspace struct {
	ID      string
	Owner   string // user name
	Name    string
	Version string // of the template, by name
	Build   Build  // the latest
	Apps    []App  // of its first agent; none while it does not run
	Agent   Agent

	Deadline    time.Time // when Coder stops it; zero: never
	MaxDeadline time.Time // beyond which it cannot be extended; zero: no such limit
}

// FullName is the workspace as people and --workspace write it.
func (w Workspace) FullName() string { return w.Owner + "/" + w.Name }

// Running reports whether the last build started the workspace.
func (w Workspace) Running() bool {
	return w.Build.Transition == "start" && w.Build.State == BuildSucceeded
}

// Agent is what runs in the workspace for Coder.
type Agent struct {
	Name      string
	Connected bool
	Ready     bool // its startup scripts have ended, well or not
}

// App is a coder_app of the template.
type App struct {
	Slug  string
	Name  string // as the dashboard shows it
	Label string // the first part of its host name; empty without a subdomain
	URL   string // inside the workspace
	Share string // owner, authenticated, organization or public
}

// Build is one run of the template's terraform.
type Build struct {
	ID         string     `json:"id"`
	Number     int        `json:"number"`
	Transition string     `json:"transition"` // start, stop or delete
	State      BuildState `json:"state"`
	Error      string     `json:"error,omitempty"` // why it failed
	Queue      int        `json:"-"`               // builds before it
}

// BuildState is how far a build is.
type BuildState string

// The states that the program acts on; Coder has "canceling" too.
const (
	BuildPending   BuildState = "pending"
	BuildRunning   BuildState = "running"
	BuildSucceeded BuildState = "succeeded"
	BuildFailed    BuildState = "failed"
	BuildCanceled  BuildState = "canceled"
)

// Ended reports whether the build will not change any more.
func (s BuildState) Ended() bool {
	return s == BuildSucceeded || s == BuildFailed || s == BuildCanceled
}

// LogLine is one line of a build's log.
type LogLine struct {
	Stage string // such as "Planning infrastructure"
	Text  string
	Error bool
}

// What a server's answer means for the one who asked.
var (
	ErrToken = errors.New("the token is not valid") // it never was, or a build replaced it
	ErrBusy  = errors.New("a build of the workspace is under way")
)
