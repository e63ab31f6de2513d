package slot

import (
	"fmt"
	"strings"
	"time"
)

// Liveness says how a running app is asked whether it still answers. It is
// asked where a path is configured, here or for the health check.
type Liveness struct {
	Enabled  *bool    `json:"enabled,omitempty"`  // true where health_check.path or liveness.path is set
	Path     string   `json:"path,omitempty"`     // health_check.path, where any answer will do; one of its own wants 2xx or 3xx
	Interval Duration `json:"interval,omitempty"` // between two questions; 10 s
	Timeout  Duration `json:"timeout,omitempty"`  // for each; 5 s
	Failures int      `json:"failures,omitempty"` // in a row, after which it is restarted; 3
}

// Alerts say what of a running app somebody wants to be told. Zero means
// nobody.
type Alerts struct {
	Memory    Percent `json:"memory_threshold,omitempty"`     // of memory_limit, or of the machine's memory
	CPU       Percent `json:"cpu_threshold,omitempty"`        // of cpu_limit, or of the machine's cores
	ErrorRate Percent `json:"error_rate_threshold,omitempty"` // of the requests, answered with 500 and above
}

// The defaults of supervision: how often and how patiently the field's tools
// ask a running app (fly.io 10 s, Docker 3 failures, kamal-proxy 5 s a try).
const (
	DefaultLivenessInterval = 10 * time.Second
	DefaultLivenessTimeout  = 5 * time.Second
	DefaultLivenessFailures = 3
)

// Asks reports whether a running app is asked, and by which path; own means
// that only 2xx and 3xx will do.
func (h HealthCheck) Asks() (path string, own, asks bool) {
	l := h.Liveness
	path, own = l.Path, l.Path != ""
	if path == "" {
		path = h.Path
	}
	asks = path != ""
	if l.Enabled != nil {
		asks = *l.Enabled
	}
	if path == "" {
		path = "/"
	}
	return path, own, asks
}

// The smallest limits with which the programs of the usual languages start at
// all: a Go server takes 10 MiB, a shell and what it starts some descriptors.
const (
	minMemory    = 16 << 20
	minOpenFiles = 16
	maxOpenFiles = 1 << 20 // Linux's fs.nr_open
	minProcesses = 8
	maxProcesses = 1 << 22 // Linux's largest pid_max
	minCPU       = 0.01
)

func (s *SlotConfig) validateSupervision(at string) error {
	switch {
	case s.MaxRestarts < 0 || s.MaxRestarts > 10_000:
		return usage(at+".max_restarts", fmt.Sprint(s.MaxRestarts), "0, which is without end, to 10000")
	case s.MemoryLimit != 0 && s.MemoryLimit < minMemory:
		return usage(at+".memory_limit", s.MemoryLimit.String(), "16M at least")
	case s.CPULimit != 0 && s.CPULimit < minCPU:
		return usage(at+".cpu_limit", s.CPULimit.String(), "0.01 at least")
	case s.OpenFiles != 0 && (s.OpenFiles < minOpenFiles || s.OpenFiles > maxOpenFiles):
		return usage(at+".open_files", fmt.Sprint(s.OpenFiles), fmt.Sprintf("%d to %d", minOpenFiles, maxOpenFiles))
	case s.Processes != 0 && (s.Processes < minProcesses || s.Processes > maxProcesses):
		return usage(at+".processes", fmt.Sprint(s.Processes), fmt.Sprintf("%d to %d", minProcesses, maxProcesses))
	}
	l := s.HealthCheck.Liveness
	if p := l.Path; p != "" && (!strings.HasPrefix(p, "/") || strings.ContainsAny(p, " \r\n\x00")) {
		return usage(at+".health_check.liveness.path", fmt.Sprintf("%q", p), "a path such as /healthz")
	}
	if l.Failures != 0 && (l.Failures < 1 || l.Failures > 100) {
		return usage(at+".health_check.liveness.failures", fmt.Sprint(l.Failures), "1 to 100")
	}
	for _, d := range []struct {
		field    string
		v        Duration
		min, max time.Duration
	}{
		{"health_check.liveness.interval", l.Interval, 100 * time.Millisecond, time.Hour},
		{"health_check.liveness.timeout", l.Timeout, 100 * time.Millisecond, 5 * time.Minute},
		{"sleep_after", s.SleepAfter, time.Second, 30 * 24 * time.Hour},
	} {
		if d.v != 0 && (time.Duration(d.v) < d.min || time.Duration(d.v) > d.max) {
			return usage(at+"."+d.field, d.v.String(), fmt.Sprintf("%v to %v", d.min, d.max))
		}
	}
	return nil
}
