package slot

import "time"

// Usage is what a slot takes at one moment. Counters only grow while Since is
// the same; two usages make rates: see Rates.
type Usage struct {
	Slot      Name      `json:"slot"`
	State     State     `json:"state"`
	Release   int       `json:"release"`
	PID       int       `json:"pid,omitempty"`
	Since     time.Time `json:"since,omitzero"` // of this state
	Restarts  int       `json:"restarts"`
	MemoryKiB int64     `json:"memory_kib"` // of all its processes; what they share is counted once
	LimitKiB  int64     `json:"memory_limit_kib,omitempty"`
	CPUMS     int64     `json:"cpu_ms"` // processor time of those that run
	CPULimit  Cores     `json:"cpu_limit,omitempty"`
	Processes int       `json:"processes"`
	Threads   int       `json:"threads"`
	Requests  int64     `json:"requests"`  // that ended, since the daemon started
	Errors    int64     `json:"errors"`    // of them answered with 500 and above
	InFlight  int64     `json:"in_flight"` // requests, and open WebSockets
	Alerts    []Alert   `json:"alerts,omitempty"`
	At        time.Time `json:"at"`

	CPUPercent  float64 `json:"cpu_percent"`    // of one core, between two measurements
	RequestRate float64 `json:"requests_per_s"` // the same
	ErrorRate   float64 `json:"error_percent"`  // of the requests between two measurements
}

// Rates returns u with its rates since an earlier measurement. What began anew
// in between counts from 0.
func (u Usage) Rates(before Usage) Usage {
	seconds := u.At.Sub(before.At).Seconds()
	if seconds <= 0 || before.At.IsZero() {
		return u
	}
	cpu, requests, errors := since(u.CPUMS, before.CPUMS), since(u.Requests, before.Requests), since(u.Errors, before.Errors)
	u.CPUPercent = float64(cpu) / 10 / seconds
	u.RequestRate = float64(requests) / seconds
	u.ErrorRate = 0
	if requests > 0 {
		u.ErrorRate = min(100*float64(errors)/float64(requests), 100)
	}
	return u
}

// since is how much a counter grew; one that is smaller began anew.
func since(now, before int64) int64 {
	if now < before {
		return now
	}
	return now - before
}

// Alert is something about a running app that its owner wants to know, for as
// long as it is so.
type Alert struct {
	Name  string    `json:"name"` // "memory", "cpu", "error_rate"
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}

// LimitInForce says how one limit of a slot is held.
type LimitInForce struct {
	Name  string `json:"name"`  // "memory", "cpu", "open_files", "processes"
	Value string `json:"value"` // configured
	By    string `json:"by"`    // "cgroup", "rlimit", "affinity", "watch"; "nothing" while nothing runs
	Text  string `json:"text"`
}

// LimitsReport says what of a slot is limited, and what this machine can hold.
type LimitsReport struct {
	Limits []LimitInForce `json:"limits"`
	Claims []Claim        `json:"claims"`
	Reason string         `json:"reason,omitempty"` // why the kernel cannot hold all
}
