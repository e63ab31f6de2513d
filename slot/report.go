package slot

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// Report is a slot in short, for somebody who looks at many workspaces: what
// runs, of whose commit, and how the last deployment went. It has no token and
// no variable.
type Report struct {
	Slot       Name             `json:"slot"`
	State      State            `json:"state"`
	Deploying  bool             `json:"deploying,omitempty"`
	App        string           `json:"app,omitempty"`        // the repository's last word
	Repository string           `json:"repository,omitempty"` // without a password
	Branch     string           `json:"branch,omitempty"`
	Commit     string           `json:"commit,omitempty"`
	Subject    string           `json:"subject,omitempty"`
	Author     string           `json:"author,omitempty"`
	Release    int              `json:"release,omitempty"`
	Since      time.Time        `json:"since,omitzero"` // of the state
	Restarts   int              `json:"restarts,omitempty"`
	URL        string           `json:"url"`
	Last       *ReportedAttempt `json:"last_deployment,omitempty"`
}

// ReportedAttempt is the newest deployment that has ended.
type ReportedAttempt struct {
	ID      int64           `json:"id"`
	Action  Action          `json:"action"`
	State   DeploymentState `json:"state"`
	Commit  string          `json:"commit,omitempty"`
	EndedAt time.Time       `json:"ended_at"`
	Error   *Error          `json:"error,omitempty"`
}

// ReportOf makes the report of a slot.
func ReportOf(s Status) Report {
	r := Report{
		Slot: s.Slot, State: s.State, Deploying: s.Deploying != nil, App: appName(s.Source),
		Repository: RedactAddress(s.Source.Repository), Branch: s.Source.Branch,
		Commit: s.Source.Commit, Subject: s.Source.Subject, Author: s.Source.Author,
		Release: s.Release, Since: s.Since, Restarts: s.Restarts, URL: s.URL,
	}
	if s.Last != nil {
		r.Last = &ReportedAttempt{
			ID: s.Last.ID, Action: s.Last.Action, State: s.Last.State, Commit: s.Last.Source.Commit,
			EndedAt: s.Last.EndedAt, Error: s.Last.Error,
		}
	}
	return r
}

// appName is what people call the app: "blog" of https://example.com/me/blog.git.
func appName(s Source) string {
	at := strings.TrimRight(s.Repository, "/")
	if i := strings.LastIndexByte(at, ':'); i >= 0 && !strings.Contains(at[i:], "/") {
		at = at[i+1:] // user@host:blog
	}
	name := strings.TrimSuffix(path.Base(at), ".git")
	switch {
	case s.Repository == "":
		return ""
	case s.Root != "":
		return name + "/" + s.Root
	}
	return name
}

// Failing reports whether the last word on the slot is a failure: nothing
// serves that should, or the newest deployment failed.
func (r Report) Failing() bool {
	switch r.State {
	case StateCrashed, StateFailed, StateBackoff:
		return true
	}
	return r.Last != nil && r.Last.State == DeploymentFailed && r.State != StateStopped
}

// Words are the parts of the line that do not change with time, such as
// "live", "blog@3f9c2e1".
func (r Report) Words() []string {
	words := []string{string(r.State)}
	if r.Deploying {
		words[0] += ", deploying"
	}
	if r.App != "" {
		what := r.App
		if c := (Source{Commit: r.Commit}).ShortCommit(); c != "" {
			what += "@" + c
		}
		words = append(words, what)
	}
	if r.Last != nil && r.Last.State == DeploymentFailed {
		words = append(words, fmt.Sprintf("%s failed", r.Last.Action))
	}
	return words
}
