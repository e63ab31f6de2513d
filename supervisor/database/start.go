package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Times. Fast shutdown rolls back what is open and writes a checkpoint, which
// takes seconds on a slow disk; a server that was killed replays up to
// max_wal_size first.
const (
	stopGrace  = 2 * time.Minute
	readyLimit = 5 * time.Minute
	askEvery   = 25 * time.Millisecond
)

// spec is the server on a cluster.
func (s *Server) spec(b binaries, acc *Account, dir string, port int, record func(slot.Identity) error) Spec {
	return Spec{
		Name: "postgres", Argv: arguments(b, dir, port), Dir: dir, Env: serverEnv(), User: acc,
		Stop: syscall.SIGINT, Grace: stopGrace, // INT is the fast shutdown
		Record: func(id slot.Identity) error {
			if id.PID == 0 {
				if err := errors.Join(clear(dir), writeHBA(acc, dir)); err != nil {
					return err
				}
			}
			return record(id)
		},
	}
}

func (s *Server) recordPostgres(id slot.Identity) error {
	return s.update(func(st *state) { st.Postgres = id })
}

// launch starts the server and returns when it answers. On an error nothing
// runs.
func (s *Server) launch(ctx context.Context, b binaries, acc *Account) error {
	if err := acc.reaches(s.cluster(), "the data"); err != nil {
		return err
	}
	if err := portFree(s.Port); err != nil {
		return err
	}
	svc, err := s.Postgres.Start(ctx, s.spec(b, acc, s.cluster(), s.Port, s.recordPostgres))
	if err != nil {
		return err
	}
	if err := s.await(ctx, svc, s.Port); err != nil {
		if stopErr := svc.Stop(context.WithoutCancel(ctx)); stopErr != nil {
			s.Log.Error("cannot stop PostgreSQL", slot.KeyError, stopErr)
		}
		return err
	}
	svc.Ready()
	s.use(svc, nil)
	return nil
}

// use makes svc the server that runs; nil for none, failure says why.
func (s *Server) use(svc Service, failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.service, s.failure = svc, failure
	s.made = map[slot.DatabaseSource]bool{} // it may have other data
}

// await returns when the server answers as slot's own, or svc ended.
func (s *Server) await(ctx context.Context, svc Service, port int) error {
	limited, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		err := s.ask(limited, port)
		if err == nil {
			return nil
		}
		if hasCode(err, codeWrongPassword) {
			return err
		}
		select {
		case <-svc.Exited():
			return s.startError(svc)
		case <-limited.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return slot.E(slot.KindFailed, "slot db logs", fmt.Errorf("PostgreSQL does not answer after %v: %w", readyLimit, err))
		case <-time.After(askEvery):
		}
	}
}

// ask reports whether the server on a port answers slot's own role, and keeps
// its version.
func (s *Server) ask(ctx context.Context, port int) error {
	conn, err := s.connectTo(ctx, port, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	version := ""
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return queryError(err)
	}
	s.mu.Lock()
	s.version, _, _ = strings.Cut(version, " ") // "15.14 (Debian …)"
	s.mu.Unlock()
	return nil
}

// startError tells why the server ended, from its last words.
func (s *Server) startError(svc Service) error {
	said := lastLines(strings.Join(s.Postgres.Tail(20), "\n"), 4)
	err := explain(said, fmt.Errorf("PostgreSQL did not start: %s", svc.Now().LastExit))
	if slot.AsError(err).Hint == "" {
		err = slot.E(slot.KindFailed, "slot db logs", err)
	}
	return err
}

// portFree says whether the server could listen.
func portFree(port int) error {
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			l.Close()
			continue
		}
		if errors.Is(err, syscall.EADDRINUSE) {
			return slot.E(slot.KindFailed, fmt.Sprintf("ss -ltnp 'sport = :%d' shows which program; SLOT_POSTGRES_PORT chooses another, with slot down and slot up", port),
				fmt.Errorf("PostgreSQL cannot have port %d: another program listens on it", port))
		}
	}
	return nil
}

// WaitReady returns when the server answers. Where it does not run or cannot,
// the error says why.
func (s *Server) WaitReady(ctx context.Context) error {
	s.mu.Lock()
	svc, failure, enabled := s.service, s.failure, s.state.Enabled
	s.mu.Unlock()
	switch {
	case !enabled:
		return slot.ErrDatabaseOff
	case svc == nil && failure != nil:
		return failure
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := s.ask(ctx, s.Port)
		if err == nil || hasCode(err, codeWrongPassword) {
			return err
		}
		select {
		case <-ctx.Done():
			return slot.E(slot.KindFailed, "slot db status, slot db logs", fmt.Errorf("PostgreSQL does not answer: %w", err))
		case <-time.After(100 * time.Millisecond):
		}
	}
}
