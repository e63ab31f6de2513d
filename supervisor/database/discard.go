package database

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/slot-paas/slot/slot"
)

// Discard takes the database of a slot from whoever had it: it is removed, with
// a backup before, and its role has another password from now on. Both are on
// disk before anything is done. What cannot be done now, as while PostgreSQL is
// switched off, is done before the next app gets a database under that name.
func (s *Server) Discard(ctx context.Context, n slot.Name) error {
	src := slot.DatabaseSource(n)
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if s.password(roleOf(src)) == "" {
		return nil // PostgreSQL was never set up
	}
	if err := s.markStale(src); err != nil {
		return err
	}
	if err := s.renewPassword(roleOf(src)); err != nil {
		return err
	}
	s.mu.Lock()
	running := s.state.Enabled && s.service != nil
	s.mu.Unlock()
	if !running {
		return nil
	}
	if err := s.removeStale(ctx, src); err != nil {
		s.Log.Warn("a database is removed before the slot's next app gets one, as it cannot be now", slot.KeySlot, n, slot.KeyError, err)
	}
	return nil
}

func (s *Server) markStale(src slot.DatabaseSource) error {
	err := s.update(func(st *state) {
		if !slices.Contains(st.Stale, src) {
			st.Stale = append(slices.Clone(st.Stale), src)
		}
	})
	s.mu.Lock()
	delete(s.made, src)
	s.mu.Unlock()
	return err
}

func (s *Server) stale(src slot.DatabaseSource) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.state.Stale, src)
}

// removeStale does what Discard wrote down. Whoever calls it holds the token.
func (s *Server) removeStale(ctx context.Context, src slot.DatabaseSource) error {
	if !s.stale(src) {
		return nil
	}
	if err := s.WaitReady(ctx); err != nil {
		return err
	}
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	// The password first: it keeps out who had the old one. A role may change
	// its own settings, which would be the next app's.
	if err := s.makeRole(ctx, conn, src); err != nil {
		return fmt.Errorf("cannot renew the role %s: %w", roleOf(src), err)
	}
	if err := execute(ctx, conn, fmt.Sprintf("ALTER ROLE %s RESET ALL", roleOf(src))); err != nil {
		return err
	}
	there, err := exists(ctx, conn, databaseOf(src))
	if err == nil && there {
		err = s.removeAfterBackup(ctx, conn, src)
	}
	for _, left := range leftovers {
		if err == nil && left != asideEnd {
			err = execute(ctx, conn, fmt.Sprintf("DROP DATABASE IF EXISTS %s%s WITH (FORCE)", databaseOf(src), left))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot remove the database %s: %w", databaseOf(src), err)
	}
	return s.update(func(st *state) {
		st.Stale = slices.DeleteFunc(slices.Clone(st.Stale), func(o slot.DatabaseSource) bool { return o == src })
	})
}

func (s *Server) removeAfterBackup(ctx context.Context, conn *pgx.Conn, src slot.DatabaseSource) error {
	filled, err := s.filled(ctx, src)
	if err != nil {
		return err
	}
	if filled {
		b, err := s.backup(ctx, slot.Backup{Source: src, Reason: slot.BackupPreview, Slot: slot.Name(src)}, quiet)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return s.setAside(ctx, conn, src, err)
		}
		s.Log.Info("backed up the database of a preview that is over", slot.KeySlot, src, "backup", b.ID)
		s.pruneAutomatic()
	}
	return execute(ctx, conn, fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", databaseOf(src)))
}

const asideEnd = "_aside"

// setAside closes a database that cannot be backed up, be it that its app saw
// to that, under a name of its own. The one that was set aside before goes.
func (s *Server) setAside(ctx context.Context, conn *pgx.Conn, src slot.DatabaseSource, why error) error {
	db, aside := databaseOf(src), databaseOf(src)+asideEnd
	s.Log.Warn("a database that cannot be backed up is set aside", slot.KeySlot, src, "database", aside, slot.KeyError, why)
	if err := execute(ctx, conn,
		fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", aside),
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS false", db),
		fmt.Sprintf("ALTER DATABASE %s OWNER TO %s", db, admin)); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", db)
	if err != nil {
		return queryError(err)
	}
	return execute(ctx, conn, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", db, aside))
}

// renewPassword gives a role another password, which it gets with makeRole.
func (s *Server) renewPassword(role string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	next := s.secrets
	s.mu.Unlock()
	next.Roles = maps.Clone(next.Roles)
	next.Roles[role] = rand.Text()
	if err := s.writeJSON("secrets.json", next); err != nil {
		return err
	}
	s.mu.Lock()
	s.secrets = next
	s.mu.Unlock()
	if err := s.writePassFile(next); err != nil {
		return err
	}
	return s.tellPgAdmin()
}

// tellPgAdmin gives a pgAdmin that was set up the passwords of today. It reads
// them at each connection.
func (s *Server) tellPgAdmin() error {
	file := filepath.Join(s.webDir(), "data", "storage", "slot", "pgpass")
	was, err := os.Lstat(file)
	if err != nil || !was.Mode().IsRegular() {
		return nil // it has none yet, and gets them at its start
	}
	data, err := os.ReadFile(s.passFile())
	if err == nil {
		err = writeFile(file, data, 0o600)
	}
	if st, ok := was.Sys().(*syscall.Stat_t); err == nil && ok {
		err = os.Lchown(file, int(st.Uid), int(st.Gid))
	}
	return err
}
