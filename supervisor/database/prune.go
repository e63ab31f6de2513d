package database

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// keptAutomatic is how many backups of one reason stay for each database: a
// week of daily ones, the state before each of the last seven releases, and
// what the last seven previews left.
const keptAutomatic = 7

// surplus chooses what goes: of each database and reason, the automatic ones
// beyond keptAutomatic; with keep above 0, of each database all beyond keep,
// whoever asked for them. all has the newest first.
func surplus(all []slot.Backup, keep int) []slot.Backup {
	seen := map[string]int{}
	var gone []slot.Backup
	for _, b := range all {
		group, limit := string(b.Source)+" "+string(b.Reason), keptAutomatic
		if keep > 0 {
			group, limit = string(b.Source), keep
		}
		seen[group]++
		automatic := b.Reason == slot.BackupDaily || b.Reason == slot.BackupRelease || b.Reason == slot.BackupPreview
		if seen[group] > limit && (automatic || keep > 0) {
			gone = append(gone, b)
		}
	}
	return gone
}

// Prune removes backups, see surplus, and returns them.
func (s *Server) Prune(ctx context.Context, keep int) ([]slot.Backup, error) {
	release, err := s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return s.prune(keep)
}

func (s *Server) prune(keep int) ([]slot.Backup, error) {
	all, err := s.Backups()
	if err != nil {
		return nil, err
	}
	gone := surplus(all, keep)
	for _, b := range gone {
		// The description first: a dump without one is swept.
		for _, file := range []string{s.manifest(b.ID), s.dumpFile(b.ID)} {
			if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("cannot remove a backup: %w", err)
			}
		}
	}
	return append([]slot.Backup{}, gone...), nil
}

func (s *Server) pruneAutomatic() {
	if _, err := s.prune(0); err != nil {
		s.Log.Warn("cannot prune the backups", slot.KeyError, err)
	}
}

// sweepBackups removes what dumps that were cut short left.
func (s *Server) sweepBackups() {
	partial, _ := filepath.Glob(filepath.Join(s.backupsDir(), "*.partial")) // the pattern is well-formed
	dumps, _ := filepath.Glob(filepath.Join(s.backupsDir(), "*.dump"))
	for _, file := range dumps {
		id := strings.TrimSuffix(filepath.Base(file), ".dump")
		if _, err := os.Stat(s.manifest(id)); errors.Is(err, os.ErrNotExist) && backupID.MatchString(id) {
			partial = append(partial, file)
		}
	}
	for _, file := range partial {
		if err := os.Remove(file); err != nil {
			s.Log.Warn("cannot sweep the backups", slot.KeyError, err)
		}
	}
}

// leftovers end the names of databases that were set aside: by a restore or an
// upgrade, and by Discard.
var leftovers = []string{"_before", "_old", "_new", asideEnd}

// Unused removes the databases that were set aside, and returns their
// names.
func (s *Server) Unused(ctx context.Context) ([]string, error) {
	release, err := s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := s.WaitReady(ctx); err != nil {
		return nil, err
	}
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return nil, err
	}
	defer closeConn(conn)
	gone := []string{}
	for _, src := range slot.DatabaseSources() {
		for _, end := range leftovers {
			there, err := exists(ctx, conn, databaseOf(src)+end)
			if err == nil && there {
				err = execute(ctx, conn, fmt.Sprintf("DROP DATABASE %s%s WITH (FORCE)", databaseOf(src), end))
				gone = append(gone, databaseOf(src)+end)
			}
			if err != nil {
				return gone, err
			}
		}
	}
	return gone, nil
}
