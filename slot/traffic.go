package slot

import "time"

// Traffic counts the requests to one slot's port since the daemon started. It
// is a snapshot whose figures are read one by one.
type Traffic struct {
	Slot     Name          `json:"slot"`
	Since    time.Time     `json:"since"`     // the count began
	Requests int64         `json:"requests"`  // that ended
	Status   StatusClasses `json:"status"`    // of those, by the answer's status
	InFlight int64         `json:"in_flight"` // being answered now, those that wait for an app included
	Upgraded int64         `json:"upgraded"`  // WebSockets and the like that are open now
	BytesIn  int64         `json:"bytes_in"`  // of bodies from clients
	BytesOut int64         `json:"bytes_out"` // of bodies to clients
	Latency  Latency       `json:"latency"`
	Recent   Recent        `json:"recent"`
}

// StatusClasses counts answers by the first digit of their status. An upgrade
// (101) is counted when it ends; 4xx has those whose client went away (499).
type StatusClasses struct {
	Upgrade     int64 `json:"1xx"`
	Success     int64 `json:"2xx"`
	Redirect    int64 `json:"3xx"`
	ClientError int64 `json:"4xx"`
	ServerError int64 `json:"5xx"`
}

// Latency is a histogram of how long requests took from their header to the
// end of their answer. Upgraded connections are not in it.
type Latency struct {
	Seconds []float64 `json:"seconds"`     // upper bounds, ascending
	Counts  []int64   `json:"counts"`      // one for each bound, and one for what took longer
	Sum     float64   `json:"sum_seconds"` // of all
}

// Quantile returns the upper bound in seconds of the bucket in which the
// quantile q (0 to 1) lies; 0 when nothing was counted. For what took longer
// than the highest bound it is that bound.
func (l Latency) Quantile(q float64) float64 {
	total := int64(0)
	for _, n := range l.Counts {
		total += n
	}
	rank := int64(q * float64(total))
	for i, n := range l.Counts {
		if rank -= n; rank < 0 || rank == 0 && q == 1 {
			return l.Seconds[min(i, len(l.Seconds)-1)]
		}
	}
	return 0
}

// Recent is what ended in the last minutes, for a sparkline and for error
// rates.
type Recent struct {
	Step     int     `json:"step_seconds"` // length of one entry
	Requests []int64 `json:"requests"`     // oldest first; the last entry is still growing
	Failures []int64 `json:"failures"`     // of those: 5xx by the app or for want of it, pages of stopped slots not included
}

// Rate returns how many requests a second ended in the last whole entries
// that cover the window, and which share of them (0 to 1) failed.
func (r Recent) Rate(window time.Duration) (perSecond, failed float64) {
	n := min(int(window/time.Second)/max(r.Step, 1), len(r.Requests)-1)
	if n <= 0 {
		return 0, 0
	}
	requests, failures := int64(0), int64(0)
	for i := len(r.Requests) - 1 - n; i < len(r.Requests)-1; i++ {
		requests += r.Requests[i]
		failures += r.Failures[i]
	}
	if requests > 0 {
		failed = float64(failures) / float64(requests)
	}
	return float64(requests) / float64(n*r.Step), failed
}
