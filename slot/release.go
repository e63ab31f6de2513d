package slot

import "time"

// Source says what a release was made from. Repository is as the user gave
// it, without credentials.
type Source struct {
	Repository string `json:"repository,omitempty"` // address, or absolute folder when Local
	Branch     string `json:"branch,omitempty"`
	Root       string `json:"root,omitempty"` // sub-directory that holds the app
	Commit     string `json:"commit,omitempty"`
	Subject    string `json:"subject,omitempty"`
	Author     string `json:"author,omitempty"`
	Local      bool   `json:"local,omitempty"` // the working tree of a folder
	Dirty      bool   `json:"dirty,omitempty"` // Local with uncommitted changes
}

// ShortCommit returns the first 7 digits of the commit, "" without one.
func (s Source) ShortCommit() string {
	if len(s.Commit) < 7 {
		return s.Commit
	}
	return s.Commit[:7]
}

// Release is the immutable result of one build together with the slot's
// variables and start command of that moment. Several releases may share one
// Artefact (the built folder): a change of variables makes a new release of
// the same artefact.
type Release struct {
	ID         int               `json:"id"` // 1, 2, … within its slot
	Slot       Name              `json:"slot"`
	Artefact   int               `json:"artefact"`
	Source     Source            `json:"source"`
	Hook       string            `json:"hook"`
	Framework  string            `json:"framework,omitempty"`
	Plan       LaunchPlan        `json:"plan"`
	Env        map[string]string `json:"env,omitempty"` // the slot's own variables
	Deployment int64             `json:"deployment"`    // that made it
	CreatedAt  time.Time         `json:"created_at"`
	Origin     Origin            `json:"origin,omitzero"` // of a promoted one: where it was built
}

// Origin is the artefact that a promoted release is a copy of. It stays as
// long as such a release does: what was built may name its own path.
type Origin struct {
	Slot     Name `json:"slot"`
	Artefact int  `json:"artefact"`
}
