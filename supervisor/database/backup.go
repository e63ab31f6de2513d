package database

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// A backup is two files in SLOT_DATA, backups: ID.dump, which pg_dump wrote in
// its custom format, and ID.json, which says what it is and comes last. A dump
// without the other is one that was cut short.

func (s *Server) backupsDir() string { return filepath.Join(s.Data, "backups") }

func (s *Server) dumpFile(id string) string { return filepath.Join(s.backupsDir(), id+".dump") }

func (s *Server) manifest(id string) string { return filepath.Join(s.backupsDir(), id+".json") }

// Backup makes a backup of a database.
func (s *Server) Backup(ctx context.Context, src slot.DatabaseSource, say slot.Progress) (slot.Backup, error) {
	release, err := s.hold(ctx)
	if err != nil {
		return slot.Backup{}, err
	}
	defer release()
	return s.backup(ctx, slot.Backup{Source: src, Reason: slot.BackupManual}, say)
}

// BackUp makes the backup before a release command, and returns its ID; "" where
// the slot has no database, or an empty one.
func (s *Server) BackUp(ctx context.Context, n slot.Name, release int) (string, error) {
	src, wanted := s.Source(n)
	if !wanted || !s.Enabled() {
		return "", nil
	}
	give, err := s.hold(ctx)
	if err != nil {
		return "", err
	}
	defer give()
	if filled, err := s.filled(ctx, src); err != nil || !filled {
		return "", err
	}
	b, err := s.backup(ctx, slot.Backup{Source: src, Reason: slot.BackupRelease, Slot: n, Release: release}, quiet)
	if err == nil {
		s.pruneAutomatic()
	}
	return b.ID, err
}

// filled reports whether a database is there and has a table in it.
func (s *Server) filled(ctx context.Context, src slot.DatabaseSource) (filled bool, err error) {
	if err := s.WaitReady(ctx); err != nil {
		return false, err
	}
	conn, err := s.connect(ctx, databaseOf(src))
	if hasCode(err, codeNoDatabase) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer closeConn(conn)
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'm', 'S', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))`).Scan(&filled)
	return filled, queryError(err)
}

// backup dumps, checks and names what it made. Nothing is left of one that
// fails.
func (s *Server) backup(ctx context.Context, b slot.Backup, say slot.Progress) (_ slot.Backup, err error) {
	if err := s.WaitReady(ctx); err != nil {
		return b, err
	}
	major, err := majorOfData(s.cluster())
	if err != nil {
		return b, err
	}
	dir, err := s.tools(ctx, major)
	if err != nil {
		return b, err
	}
	if err := os.MkdirAll(s.backupsDir(), 0o700); err != nil {
		return b, fmt.Errorf("cannot make the folder of the backups: %w", err)
	}
	s.mu.Lock()
	b.Server = s.version
	s.mu.Unlock()
	b.TakenAt = time.Now().UTC().Truncate(time.Second)
	b.ID = s.freeID(b)
	partial := s.dumpFile(b.ID) + ".partial"
	defer os.Remove(partial) // after success it has another name
	defer func() {
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("cannot back up the database %s: %w", databaseOf(b.Source), err)
		}
	}()
	if err := s.dump(ctx, dir, target{s.Port, roleOf(b.Source), databaseOf(b.Source)}, partial, say); err != nil {
		return b, err
	}
	if _, err := s.entries(ctx, dir, partial); err != nil {
		if full(s.backupsDir()) {
			err = diskError(syscall.ENOSPC) // pg_dump does not notice when it closes the file
		}
		return b, fmt.Errorf("the dump cannot be read: %w", err)
	}
	if b.SHA256, b.Bytes, err = sum(partial); err != nil {
		return b, err
	}
	if err := os.Rename(partial, s.dumpFile(b.ID)); err != nil {
		return b, err
	}
	data, err := json.MarshalIndent(b, "", "  ")
	if err == nil {
		err = diskError(writeFile(s.manifest(b.ID), append(data, '\n'), 0o600))
	}
	if err != nil {
		os.Remove(s.dumpFile(b.ID))
	}
	return b, err
}

// dump writes a database to a file, synced.
func (s *Server) dump(ctx context.Context, dir string, from target, file string, say slot.Progress) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600) // pg_dump keeps the mode
	if err != nil {
		return err
	}
	defer f.Close()
	say("dumping " + from.db)
	stop := every(2*time.Second, func() {
		if fi, err := f.Stat(); err == nil {
			say(fmt.Sprintf("dumping %s: %.1f MiB written", from.db, float64(fi.Size())/(1<<20)))
		}
	})
	defer stop()
	args := append([]string{"--format=custom", "--lock-wait-timeout=60000", "--file=" + file}, from.flags()...)
	if err := s.tool(ctx, dir, "pg_dump", nil, nil, args...); err != nil {
		return err
	}
	return diskError(f.Sync())
}

// freeID names a backup: the database and the moment.
func (s *Server) freeID(b slot.Backup) string {
	id := string(b.Source) + b.TakenAt.Format("-20060102-150405")
	for n := 2; ; n++ {
		if _, err := os.Stat(s.dumpFile(id)); errors.Is(err, os.ErrNotExist) {
			return id
		}
		id = fmt.Sprintf("%s%s-%d", b.Source, b.TakenAt.Format("-20060102-150405"), n)
	}
}

// full reports whether nothing more can be written to a folder's disk.
func full(dir string) bool {
	var st syscall.Statfs_t
	return syscall.Statfs(dir, &st) == nil && st.Bavail == 0
}

func sum(file string) (hash string, size int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

var backupID = lazyregexp.New(`^(shared|[a-e])-\d{8}-\d{6}(-\d+)?$`)

// Backups lists those that are whole, the newest first.
func (s *Server) Backups() ([]slot.Backup, error) {
	files, err := filepath.Glob(filepath.Join(s.backupsDir(), "*.json"))
	if err != nil {
		return nil, err
	}
	all := []slot.Backup{}
	for _, file := range files {
		b, err := readManifest(file)
		if err != nil {
			s.Log.Warn("cannot read a backup's description", slot.KeyPath, file, slot.KeyError, err)
			continue
		}
		if _, err := os.Stat(s.dumpFile(b.ID)); err == nil {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, func(a, b slot.Backup) int {
		if c := b.TakenAt.Compare(a.TakenAt); c != 0 {
			return c
		}
		return len(b.ID) - len(a.ID)
	})
	return all, nil
}

func readManifest(file string) (b slot.Backup, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return b, err
	}
	return parseManifest(data, filepath.Base(file))
}

// parseManifest reads what backup wrote. The ID leads to files, so it must be
// the file's own.
func parseManifest(data []byte, name string) (b slot.Backup, err error) {
	if err := json.Unmarshal(data, &b); err != nil {
		return b, err
	}
	if !backupID.MatchString(b.ID) || b.ID+".json" != name {
		return b, fmt.Errorf("%q is not the backup of that file", b.ID)
	}
	if _, err := slot.ParseDatabaseSource(string(b.Source)); err != nil {
		return b, err
	}
	return b, nil
}

// find returns a backup by its ID.
func (s *Server) find(id string) (slot.Backup, error) {
	all, err := s.Backups()
	if err != nil {
		return slot.Backup{}, err
	}
	i := slices.IndexFunc(all, func(b slot.Backup) bool { return b.ID == id })
	if i < 0 {
		return slot.Backup{}, slot.E(slot.KindNotFound, "slot db backups", fmt.Errorf("no backup %q", id))
	}
	return all[i], nil
}
