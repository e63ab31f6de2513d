package database

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slot-paas/slot/slot"
)

// What PostgreSQL answers (appendix A of its manual).
const (
	codeStarting      = "57P03" // cannot_connect_now
	codeWrongPassword = "28P01" // invalid_password
	codeDiskFull      = "53100" // disk_full
	codeInUse         = "55006" // object_in_use
	codeNoDatabase    = "3D000" // invalid_catalog_name
)

// connect opens a database as slot's own role. Close the connection.
func (s *Server) connect(ctx context.Context, db string) (*pgx.Conn, error) {
	return s.connectTo(ctx, s.Port, db)
}

func (s *Server) connectTo(ctx context.Context, port int, db string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig("sslmode=disable application_name=slot connect_timeout=10")
	if err != nil {
		return nil, err
	}
	// None of PG*, which may stand in the daemon's environment.
	cfg.Host, cfg.Port, cfg.Database, cfg.User, cfg.Password = "127.0.0.1", uint16(port), db, admin, s.password(admin)
	// A database is its app's: by a search_path of its own, or by an operator in
	// public, what a superuser asks for would be the app's code.
	cfg.Fallbacks, cfg.RuntimeParams = nil, map[string]string{"application_name": "slot", "search_path": "pg_catalog"}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, s.connectError(err)
	}
	return conn, nil
}

// connectError says in one line why there is no connection. The driver's own
// text names the user and repeats itself.
func (s *Server) connectError(err error) error {
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, syscall.ECONNREFUSED):
		return slot.E(slot.KindFailed, "slot db status, slot db logs", fmt.Errorf("nothing answers on %s: %w", s.address(), syscall.ECONNREFUSED))
	case errors.As(err, &pg) && pg.Code == codeWrongPassword:
		return slot.E(slot.KindFailed, "slot db enable gives the role its password again", fmt.Errorf("PostgreSQL refuses the password of %s: %w", admin, pg))
	case errors.As(err, &pg):
		return queryError(err)
	}
	return slot.E(slot.KindFailed, "slot db status", fmt.Errorf("cannot reach PostgreSQL on %s: %w", s.address(), err))
}

// queryError makes what the server answered readable.
func queryError(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	hint := pg.Hint
	if pg.Code == codeDiskFull {
		hint = fullHint
	}
	return slot.E(slot.KindFailed, hint, fmt.Errorf("PostgreSQL: %s: %w", strings.ToLower(pg.Severity), &serverError{pg}))
}

// serverError prints the message alone.
type serverError struct{ *pgconn.PgError }

func (e *serverError) Error() string { return e.Message }
func (e *serverError) Unwrap() error { return e.PgError }

func hasCode(err error, code string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code
}

// run executes statements one by one as slot's own role. Names are slot's own
// and need no quoting; values are given apart.
func (s *Server) run(ctx context.Context, db string, statements ...string) error {
	conn, err := s.connect(ctx, db)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	return execute(ctx, conn, statements...)
}

func execute(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return queryError(err)
		}
	}
	return nil
}

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // the server sees the end of the connection in any case
}
