// Package database owns PostgreSQL and pgAdmin: it finds or fetches the
// server, sets up its data, runs it, gives each slot's app a role and a
// database that the others cannot open, and makes, checks and restores
// backups. It knows no deployment, and starts no process itself that outlives
// a call: that is the Runner's, which package supervisor makes of the process
// room.
//
// A Server begins with Boot, which adopts what an earlier daemon left running
// or starts it, and ends with Stop, or with Detach, which leaves PostgreSQL
// running for the next daemon. Both wait for the one goroutine, which makes
// the daily backups.
//
// Whoever changes what runs or which databases exist holds the one token of
// busy, for as long as it takes; mu guards memory for moments only, never across
// I/O.
package database

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/slot-paas/slot/slot"
)

// Options are what a Server works with. All are needed.
type Options struct {
	Home     string // folder of passwords and of what runs; made when needed
	Data     string // SLOT_DATA
	Port     int
	WebPort  int                // pgAdmin's
	Config   func() slot.Config // which database each slot wants
	Postgres Runner
	PgAdmin  Runner
	Exe      string          // the slot program
	Environ  func() []string // of programs that fetch
	Log      *slog.Logger
}

// Server is PostgreSQL with its databases, and pgAdmin. Safe for concurrent
// use.
type Server struct {
	Options
	busy chan struct{} // holds one token while nobody changes anything
	wg   sync.WaitGroup
	end  context.CancelFunc // of the goroutine; nil before Boot
	wake chan struct{}      // the schedule has to be made anew

	writing sync.Mutex // puts the writers of the room's files in a row, across their I/O

	mu      sync.Mutex // guards what follows
	state   state
	secrets secrets
	service Service // nil while none runs
	failure error   // why none runs, or why it does not answer
	version string  // of the server
	made    map[slot.DatabaseSource]bool
	web     web // pgAdmin
}

// New reads what an earlier daemon wrote down. It starts nothing.
func New(o Options) (*Server, error) {
	s := &Server{Options: o, busy: make(chan struct{}, 1), wake: make(chan struct{}, 1), made: map[slot.DatabaseSource]bool{}}
	s.busy <- struct{}{}
	if err := s.readState(); err != nil {
		return nil, err
	}
	return s, s.readSecrets()
}

// hold takes the token; the returned function gives it back.
func (s *Server) hold(ctx context.Context) (release func(), err error) {
	select {
	case <-s.busy:
		return func() { s.busy <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Enabled reports whether PostgreSQL is to run.
func (s *Server) Enabled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Enabled
}

// cluster is the folder of PostgreSQL's data.
func (s *Server) cluster() string { return filepath.Join(s.Data, "postgres") }

// address is where the server listens; apps are given its name, localhost.
func (s *Server) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }
