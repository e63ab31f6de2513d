package slot

import "time"

// NoticeEvent is what a notice is about.
type NoticeEvent string

// The events.
const (
	NoticeLive       NoticeEvent = "live"        // a deployment, a promotion or changed variables are live
	NoticeFailed     NoticeEvent = "failed"      // a deployment of any kind failed
	NoticeRolledBack NoticeEvent = "rolled_back" // by a person
	NoticeCrashed    NoticeEvent = "crashed"     // the app exits again and again
	NoticeRestarted  NoticeEvent = "restarted"   // slot replaces a process: it hangs, or takes more than it may
	NoticeAlert      NoticeEvent = "alert"       // a threshold of monitoring.alerts is passed
	NoticeRecovered  NoticeEvent = "recovered"   // and is not any more
)

// Notice tells somebody outside what happened to a slot. It holds no variable's
// value and no token.
type Notice struct {
	Event      NoticeEvent     `json:"event"`
	Slot       Name            `json:"slot"`
	Time       time.Time       `json:"time"`
	Status     DeploymentState `json:"status,omitempty"`     // of the deployment
	Deployment int64           `json:"deployment,omitempty"` // missing for a crash
	Action     Action          `json:"action,omitempty"`
	Trigger    string          `json:"trigger,omitempty"`
	Release    int             `json:"release,omitempty"`
	From       Name            `json:"from,omitempty"` // of a promotion
	Repository string          `json:"repository,omitempty"`
	Branch     string          `json:"branch,omitempty"`
	Commit     string          `json:"commit,omitempty"`
	Subject    string          `json:"subject,omitempty"`
	URL        string          `json:"url,omitempty"` // of the slot
	DurationMS int64           `json:"duration_ms,omitempty"`
	Error      *Error          `json:"error,omitempty"`
}
