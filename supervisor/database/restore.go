package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Restore says what is to be put where. File, an absolute path, is a dump from
// elsewhere; it needs To.
type Restore struct {
	Backup string
	File   string
	To     slot.DatabaseSource // the backup's own
}

// Restored is what it did.
type Restored struct {
	Database slot.DatabaseSource `json:"database"`
	Tables   int                 `json:"tables"`
	Before   string              `json:"before,omitempty"` // the database that has what was there
}

// Restore puts a dump into a new database, looks at it, and swaps it in by its
// name; what was there stays as NAME_before until the next restore. Whatever
// goes wrong before the swap changes nothing.
func (s *Server) Restore(ctx context.Context, req Restore, say slot.Progress) (Restored, error) {
	release, err := s.hold(ctx)
	if err != nil {
		return Restored{}, err
	}
	defer release()
	file, to := req.File, req.To
	dir, err := s.toolsNow(ctx)
	if err != nil {
		return Restored{}, err
	}
	if req.Backup != "" {
		b, err := s.find(req.Backup)
		if err != nil {
			return Restored{}, err
		}
		if file = s.dumpFile(b.ID); to == "" {
			to = b.Source
		}
		say("checking " + b.ID)
		if hash, size, err := sum(file); err != nil || hash != b.SHA256 {
			return Restored{}, slot.E(slot.KindFailed, "slot db backups shows others; nothing was changed",
				fmt.Errorf("the backup %s is damaged: it has %d bytes and not the checksum that it was written with", b.ID, size))
		}
	} else if err := s.foreign(ctx, dir, file); err != nil {
		return Restored{}, err
	}
	return s.restoreFile(ctx, dir, file, to, say)
}

func (s *Server) toolsNow(ctx context.Context) (string, error) {
	if err := s.WaitReady(ctx); err != nil {
		return "", err
	}
	major, err := majorOfData(s.cluster())
	if err != nil {
		return "", err
	}
	return s.tools(ctx, major)
}

// foreign refuses a file that is not a whole dump in the custom format: its
// table of contents may be fine where its data is torn, so all of it is read.
func (s *Server) foreign(ctx context.Context, dir, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return slot.E(slot.KindUsage, "", fmt.Errorf("cannot read the dump: %w", err))
	}
	defer f.Close()
	magic := make([]byte, 5)
	if _, err := io.ReadFull(f, magic); err != nil || string(magic) != "PGDMP" {
		return slot.E(slot.KindUsage, "pg_dump --format=custom makes one; SQL goes in by: slot db psql a < file.sql",
			fmt.Errorf("%s is not a dump of pg_dump in the custom format; nothing was changed", file))
	}
	if err := s.tool(ctx, dir, "pg_restore", nil, nil, "--file=/dev/null", file); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return slot.E(slot.KindFailed, "", fmt.Errorf("the dump %s is damaged; nothing was changed: %w", file, err))
	}
	return nil
}

// restoreFile restores a dump that was looked at.
func (s *Server) restoreFile(ctx context.Context, dir, file string, to slot.DatabaseSource, say slot.Progress) (r Restored, err error) {
	db, role := databaseOf(to), roleOf(to)
	tables, err := s.entries(ctx, dir, file)
	if err != nil {
		return r, err
	}
	if err := s.provision(ctx, to); err != nil {
		return r, err
	}
	fresh := db + "_new"
	if err := s.newDatabase(ctx, fresh, role); err != nil {
		return r, err
	}
	defer func() {
		if err != nil {
			s.dropDatabase(fresh)
		}
	}()
	say(fmt.Sprintf("restoring %d tables into %s", tables, fresh))
	if err := s.fill(ctx, dir, file, "", target{s.Port, role, fresh}, say); err != nil {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		return r, fmt.Errorf("cannot restore; the database %s is as it was: %w", db, err)
	}
	got, err := s.countTables(ctx, fresh)
	if err == nil && got != tables {
		err = fmt.Errorf("the restored database has %d tables, the dump %d; %s is as it was", got, tables, db)
	}
	if err == nil {
		err = s.run(ctx, fresh, "ANALYZE")
	}
	if err != nil {
		return r, err
	}
	say("swapping it in")
	if err := s.swap(context.WithoutCancel(ctx), db); err != nil {
		return r, fmt.Errorf("cannot swap the restored database in; %s is as it was: %w", db, err)
	}
	return Restored{Database: to, Tables: tables, Before: db + "_before"}, nil
}

// fill restores a dump into an empty database, in one transaction: the entries
// that the file list has, or all where it is "".
func (s *Server) fill(ctx context.Context, dir, file, list string, into target, say slot.Progress) error {
	args := append([]string{"--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", "--verbose"}, into.flags()...)
	if list != "" {
		args = append(args, "--use-list="+list)
	}
	return s.tool(ctx, dir, "pg_restore", nil, func(line string) {
		if table, ok := strings.CutPrefix(line, "processing data for table "); ok {
			say("data of " + strings.Trim(table, `"`))
		}
	}, append(args, file)...)
}

// countTables counts as pg_restore --list does: what extensions brought is
// theirs.
func (s *Server) countTables(ctx context.Context, db string) (n int, err error) {
	conn, err := s.connect(ctx, db)
	if err != nil {
		return 0, err
	}
	defer closeConn(conn)
	err = conn.QueryRow(ctx, `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')`).Scan(&n)
	return n, queryError(err)
}

// newDatabase makes an empty database of that name, in the place of one that
// was left behind.
func (s *Server) newDatabase(ctx context.Context, db, owner string) error {
	if err := s.run(ctx, "postgres", fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", db)); err != nil {
		return err
	}
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	return makeDatabase(ctx, conn, db, owner)
}

// dropDatabase removes what is not needed any more, though the caller's
// context ended.
func (s *Server) dropDatabase(db string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.run(ctx, "postgres", fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", db)); err != nil {
		s.Log.Warn("cannot remove a database", "database", db, slot.KeyError, err)
	}
}

// swap puts NAME_new in the place of NAME, which becomes NAME_before, in one
// transaction. A database cannot be renamed while somebody is in it: they are
// put out until it is done, and find the new one when they come back.
func (s *Server) swap(ctx context.Context, db string) error {
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	older, err := exists(ctx, conn, db+"_before")
	if err != nil {
		return err
	}
	stop := every(50*time.Millisecond, func() {
		_ = s.run(ctx, "postgres", fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('%s', '%[1]s_new', '%[1]s_before')", db))
	})
	defer stop()
	statements := fmt.Sprintf("ALTER DATABASE %s RENAME TO %[1]s_before; ALTER DATABASE %[1]s_new RENAME TO %[1]s", db)
	if older {
		statements = fmt.Sprintf("ALTER DATABASE %s_before RENAME TO %[1]s_old; %s", db, statements)
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		_, err = conn.Exec(ctx, "BEGIN; "+statements+"; COMMIT")
		if err == nil || !hasCode(err, codeInUse) || time.Now().After(deadline) {
			break
		}
		if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
			return queryError(err)
		}
	}
	if err == nil && older {
		s.dropDatabase(db + "_old")
	}
	return queryError(err)
}

// Copy puts the contents of one database in the place of another's.
func (s *Server) Copy(ctx context.Context, from, to slot.DatabaseSource, say slot.Progress) (Restored, error) {
	if from == to {
		return Restored{}, slot.E(slot.KindUsage, "slot db copy a c", errors.New("a database cannot be copied onto itself"))
	}
	release, err := s.hold(ctx)
	if err != nil {
		return Restored{}, err
	}
	defer release()
	dir, err := s.toolsNow(ctx)
	if err != nil {
		return Restored{}, err
	}
	filled, err := s.filled(ctx, from)
	if err == nil && !filled {
		err = slot.E(slot.KindFailed, "slot db status", fmt.Errorf("the database %s is empty", databaseOf(from)))
	}
	if err == nil {
		err = os.MkdirAll(s.backupsDir(), 0o700)
	}
	if err != nil {
		return Restored{}, err
	}
	file := filepath.Join(s.backupsDir(), "copy.dump.partial")
	defer os.Remove(file)
	if err := s.dump(ctx, dir, target{s.Port, roleOf(from), databaseOf(from)}, file, say); err != nil {
		return Restored{}, err
	}
	return s.restoreFile(ctx, dir, file, to, say)
}
