package database

import (
	"context"
	"github.com/slot-paas/slot/slot"
	"time"
)

func (s *Server) BackUp(ctx context.Context, n slot.Name, release int) (string, error) {
	return "", nil
}

type web struct{ service Service }

func (s *Server) recoverUpgrade() error                 { return nil }
func (s *Server) reschedule()                           {}
func (s *Server) bootPgAdmin(ctx context.Context)       {}
func (s *Server) stopPgAdmin(ctx context.Context) error { return nil }
func (s *Server) keepBackups(ctx context.Context)       { <-ctx.Done() }
func (s *Server) nextDaily() time.Time                  { return time.Time{} }
func (s *Server) Backups() ([]slot.Backup, error)       { return nil, nil }
