package database

import (
	"context"
	"fmt"

	"github.com/slot-paas/slot/slot"
)

// Create makes a database before an app asks for it.
func (s *Server) Create(ctx context.Context, src slot.DatabaseSource) error {
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.WaitReady(ctx); err != nil {
		return err
	}
	if err := s.removeStale(ctx, src); err != nil {
		return err
	}
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	there, err := exists(ctx, conn, databaseOf(src))
	if err == nil && there {
		err = slot.E(slot.KindFailed, "slot db status", fmt.Errorf("the database %s is there already", databaseOf(src)))
	}
	if err != nil {
		return err
	}
	return s.provision(ctx, src)
}

// Drop removes a database with all that is in it, and puts out who uses it. It
// makes a backup first unless told not to, and returns it; one without an ID
// where there was nothing to keep.
func (s *Server) Drop(ctx context.Context, src slot.DatabaseSource, keep bool, say slot.Progress) (b slot.Backup, err error) {
	release, err := s.hold(ctx)
	if err != nil {
		return b, err
	}
	defer release()
	if err := s.WaitReady(ctx); err != nil {
		return b, err
	}
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return b, err
	}
	defer closeConn(conn)
	there, err := exists(ctx, conn, databaseOf(src))
	if err == nil && !there {
		err = slot.E(slot.KindNotFound, "slot db status", fmt.Errorf("there is no database %s", databaseOf(src)))
	}
	if err != nil {
		return b, err
	}
	filled, err := s.filled(ctx, src)
	if err != nil {
		return b, err
	}
	if keep && filled {
		if b, err = s.backup(ctx, slot.Backup{Source: src, Reason: slot.BackupDrop}, say); err != nil {
			return b, err
		}
	}
	err = execute(ctx, conn, fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", databaseOf(src)))
	s.mu.Lock()
	delete(s.made, src)
	s.mu.Unlock()
	return b, err
}
