package slot

import "time"

// Identity tells one run of a process from every other, so that a daemon that
// was restarted can adopt it. Source: proc(5), /proc/PID/stat field 22 and
// /proc/sys/kernel/random/boot_id.
type Identity struct {
	ID        string `json:"id"`         // the marker in its environment, SLOT_PROCESS_ID
	PID       int    `json:"pid"`        // also its process group; 0 before it was started
	StartTime uint64 `json:"start_time"` // clock ticks since boot
	BootID    string `json:"boot_id"`
}

// ProcessRecord is what is kept on disk of a process that may be running.
type ProcessRecord struct {
	Identity
	Release   int         `json:"release"`
	Type      string      `json:"type"` // web, worker, …
	Port      int         `json:"port,omitempty"`
	StartedAt time.Time   `json:"started_at"`
	Sandbox   SandboxMode `json:"sandbox,omitempty"` // it was started with; off where none stands here
}

// Desired is what the user wants of a slot, whatever it does now. A stopped
// slot is not an undeployed one.
type Desired string

// The desired states.
const (
	DesiredEmpty   Desired = ""
	DesiredRunning Desired = "running"
	DesiredStopped Desired = "stopped"
	DesiredAsleep  Desired = "asleep"
)

// SlotState is what is kept on disk of one slot beside its configuration.
type SlotState struct {
	Desired     Desired  `json:"desired"`
	Release     int      `json:"release"`           // live, or kept while stopped; 0 for none
	LastRelease int      `json:"last_release"`      // the highest number that was ever live
	Preview     *Preview `json:"preview,omitempty"` // the pull request that it shows
}
