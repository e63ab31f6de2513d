package database

import (
	"context"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Spec says what a service runs.
type Spec struct {
	Name string // "postgres": begins the marker and the lines of the log
	Argv []string
	Dir  string
	Env  []string // complete
	User *Account // nil for the daemon's own
	Stop syscall.Signal
	// Grace is the time from Stop to KILL.
	Grace time.Duration
	// Record writes an identity down: with PID 0 before each start, whole
	// after it. An error keeps the program from running.
	Record func(slot.Identity) error
}

// Runner runs one service under supervision, with its output in a log.
type Runner interface {
	// Start runs the program; an exit is final until Ready is called.
	Start(context.Context, Spec) (Service, error)
	// Adopt takes over what an earlier daemon started; an error when it is gone.
	Adopt(Spec, slot.Identity) (Service, error)
	// Tail returns the last lines of the log.
	Tail(n int) []string
}

// Service is a running program. It is what the process room has, without
// what this room does not need.
type Service interface {
	Ready()                  // from now on it is restarted when it ends
	Exited() <-chan struct{} // closed at the first exit
	Stop(context.Context) error
	Detach() // leave it to the next daemon
	Now() Running
}

// Running is a service at one moment.
type Running struct {
	PID       int // 0 between two runs
	Restarts  int
	Since     time.Time
	MemoryKiB int64
	LastExit  string
	Ended     bool // it will not run again
}
