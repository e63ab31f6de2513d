package slot

import "time"

// Push is what a host of repositories tells of one branch or tag that changed.
// Its texts come from outside; they are bounded and never name what is fetched.
type Push struct {
	Repository    string `json:"repository"`               // its full name, such as "owner/name"
	Host          string `json:"host,omitempty"`           // of its page, where that is known
	Ref           string `json:"ref"`                      // "refs/heads/main"
	DefaultBranch string `json:"default_branch,omitempty"` // of the repository
	Before        string `json:"before,omitempty"`         // commits; empty where there is none
	After         string `json:"after,omitempty"`
	Created       bool   `json:"created,omitempty"`
	Deleted       bool   `json:"deleted,omitempty"`
	Forced        bool   `json:"forced,omitempty"`
	Subject       string `json:"subject,omitempty"` // of the newest commit
	Author        string `json:"author,omitempty"`
	Pusher        string `json:"pusher,omitempty"`
	Skip          string `json:"skip,omitempty"` // the words in its message that ask for no deployment
}

// Verdict is what was decided for one slot.
type Verdict string

// The verdicts.
const (
	VerdictDeploy    Verdict = "deploy"    // a deployment was begun, or one that waits will do
	VerdictIgnore    Verdict = "ignore"    // see Reason
	VerdictDuplicate Verdict = "duplicate" // an earlier delivery of the same did it
	VerdictFail      Verdict = "fail"      // the deployment could not be begun; see Reason
	VerdictFree      Verdict = "free"      // a preview ends: the slot is emptied
)

// Decision is what a delivery led to for one slot.
type Decision struct {
	Slot       Name    `json:"slot"`
	Verdict    Verdict `json:"verdict"`
	Deployment int64   `json:"deployment,omitempty"`
	Reason     string  `json:"reason,omitempty"`
}

// Delivery is the record of one accepted call of the webhook: its signature was
// right. Refused calls leave none.
type Delivery struct {
	Number    int64        `json:"number"` // 1, 2, … within the workspace
	ID        string       `json:"id"`     // the host's; a redelivery has the same
	Time      time.Time    `json:"time"`
	Source    string       `json:"source"`           // "github", "gitlab", "gitea", "bitbucket", "token", "catch-up"
	Event     string       `json:"event"`            // in the host's words
	Digest    string       `json:"digest,omitempty"` // SHA-256 of the body
	Pushes    []Push       `json:"pushes,omitempty"` // nearly always one; Bitbucket tells several branches at once
	Pull      *PullRequest `json:"pull_request,omitempty"`
	Decisions []Decision   `json:"decisions,omitempty"`
	Reason    string       `json:"reason,omitempty"` // why nothing was decided for any slot
	Replay    int64        `json:"replay,omitempty"` // the number of the delivery that this one repeats
}

// Refusal sums up the calls of the webhook that were refused for one reason
// since the daemon started.
type Refusal struct {
	Status int       `json:"status"` // of HTTP
	Reason string    `json:"reason"`
	Count  int64     `json:"count"`
	Last   time.Time `json:"last"`
}

// What asked for a deployment, where it was not a person.
const (
	TriggerPush    = "push"     // a delivery of the webhook
	TriggerCatchUp = "catch-up" // what was pushed while nothing listened
	TriggerPreview = "preview"  // a pull request
)
