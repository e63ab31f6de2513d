package database

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/slot-paas/slot/slot"
)

// Prepare makes sure that the database of a slot is there and that its
// password is the one the app is given. It does nothing where the slot has
// none.
func (s *Server) Prepare(ctx context.Context, n slot.Name) error {
	src, wanted := s.Source(n)
	if !wanted {
		return nil
	}
	if !s.Enabled() {
		if s.Config().Slots[n].Database == "" {
			return nil // nobody asked for one
		}
		return slot.E(slot.KindFailed, fmt.Sprintf("slot db enable, or slot config set %s.database=none", n),
			fmt.Errorf("slot %s is configured with a database, but PostgreSQL is not enabled", n))
	}
	s.mu.Lock()
	made := s.made[src] && s.service != nil
	s.mu.Unlock()
	if made {
		return nil
	}
	if s.stale(src) {
		release, err := s.hold(ctx)
		if err != nil {
			return err
		}
		defer release()
	}
	if err := s.WaitReady(ctx); err != nil {
		return err
	}
	return s.provision(ctx, src)
}

// provision makes the role and the database of a source, or mends what differs.
func (s *Server) provision(ctx context.Context, src slot.DatabaseSource) error {
	if err := s.removeStale(ctx, src); err != nil {
		return err
	}
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	if err := s.makeRole(ctx, conn, src); err != nil {
		return fmt.Errorf("cannot make the role %s: %w", roleOf(src), err)
	}
	if err := makeDatabase(ctx, conn, databaseOf(src), roleOf(src)); err != nil {
		return fmt.Errorf("cannot make the database %s: %w", databaseOf(src), err)
	}
	s.mu.Lock()
	s.made[src] = true
	s.mu.Unlock()
	return nil
}

// makeRole makes a role that can do nothing but log in and own its database.
func (s *Server) makeRole(ctx context.Context, conn *pgx.Conn, src slot.DatabaseSource) error {
	secret, err := verifier(s.password(roleOf(src)))
	if err != nil {
		return err
	}
	// Two that make it at once: the lock puts them in a row.
	_, err = conn.Exec(ctx, fmt.Sprintf(`
BEGIN;
SELECT pg_advisory_xact_lock(%d);
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %[2]s; END IF;
END $$;
ALTER ROLE %[2]s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '%[3]s';
COMMIT`, lockKey, roleOf(src), secret))
	return queryError(err)
}

// lockKey is the advisory lock of what makes roles and databases: "slot".
const lockKey = 0x736c6f74

func exists(ctx context.Context, conn *pgx.Conn, db string) (there bool, err error) {
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", db).Scan(&there)
	return there, queryError(err)
}

// makeDatabase makes sure of a database that its owner alone can open: a new
// one takes no connections until the right that everybody has by default is
// gone.
func makeDatabase(ctx context.Context, conn *pgx.Conn, db, owner string) error {
	if _, err := conn.Exec(ctx, fmt.Sprintf("SELECT pg_advisory_lock(%d)", lockKey)); err != nil { // until the connection ends
		return queryError(err)
	}
	there, err := exists(ctx, conn, db)
	if err != nil {
		return err
	}
	var statements []string
	if !there {
		statements = append(statements, fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE template0 ALLOW_CONNECTIONS false", db, owner))
	}
	return execute(ctx, conn, append(statements,
		fmt.Sprintf("REVOKE ALL ON DATABASE %s FROM PUBLIC", db),
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS true", db))...)
}

// closeDoors takes from everybody what PostgreSQL gives: the databases that
// come with a cluster are open to each role by default.
func (s *Server) closeDoors(ctx context.Context) error {
	return s.run(ctx, "postgres",
		"REVOKE ALL ON DATABASE postgres FROM PUBLIC",
		"REVOKE ALL ON DATABASE template1 FROM PUBLIC")
}
