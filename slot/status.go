package slot

import "time"

// State is what a slot does now, in one word.
type State string

// The states of a slot.
const (
	StateEmpty    State = "empty"    // nothing was ever deployed
	StateStarting State = "starting" // its process was started and has not answered yet
	StateLive     State = "live"     // serves its live release
	StateBackoff  State = "backoff"  // the process exited; a restart is due
	StateCrashed  State = "crashed"  // it exits again and again; tried each minute
	StateStopped  State = "stopped"  // by a person
	StateAsleep   State = "asleep"   // by itself, after sleep_after; the next request starts it
	StateFailed   State = "failed"   // the live release could not be brought back
)

// Status is a snapshot of one slot for people and programs.
type Status struct {
	Slot       Name        `json:"slot"`
	State      State       `json:"state"`
	Port       int         `json:"port"`    // public
	URL        string      `json:"url"`     // where people reach it
	Release    int         `json:"release"` // live or kept; 0 for none
	Source     Source      `json:"source,omitzero"`
	Hook       string      `json:"hook,omitempty"`
	Framework  string      `json:"framework,omitempty"`
	Target     string      `json:"target,omitempty"` // "process", "static" or "page"
	Dev        bool        `json:"dev,omitempty"`    // its address shows a working tree
	PID        int         `json:"pid,omitempty"`
	Private    int         `json:"private_port,omitempty"`
	Restarts   int         `json:"restarts"`
	MemoryKiB  int64       `json:"memory_kib,omitempty"` // resident, the whole group
	Since      time.Time   `json:"since,omitzero"`       // of this state
	LastExit   string      `json:"last_exit,omitempty"`  // "exit status 1", "signal: killed"
	GaveUp     bool        `json:"gave_up,omitempty"`    // crashed, and not tried again
	Output     []string    `json:"output,omitempty"`     // its last lines, while it is crashed or about to be restarted
	Alerts     []Alert     `json:"alerts,omitempty"`     // of monitoring.alerts, that hold now
	Deploying  *Deployment `json:"deploying,omitempty"`
	Last       *Deployment `json:"last_deployment,omitempty"`
	Configured bool        `json:"configured"`            // has a repository
	KeeperLost bool        `json:"keeper_lost,omitempty"` // nothing would start the daemon again; the same for all slots
}
