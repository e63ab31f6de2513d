package database

import (
	"context"
)

type web struct{ service Service }

func (s *Server) recoverUpgrade() error                 { return nil }
func (s *Server) bootPgAdmin(ctx context.Context)       {}
func (s *Server) stopPgAdmin(ctx context.Context) error { return nil }
