package api

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
)

func (s *server) backupRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/database/create", s.createDatabase)
	mux.HandleFunc("POST /v1/database/drop", s.dropDatabase)
	mux.HandleFunc("POST /v1/database/copy", s.copyDatabase)
	mux.HandleFunc("GET /v1/database/backups", s.databaseBackups)
	mux.HandleFunc("POST /v1/database/backups", s.backUp)
	mux.HandleFunc("POST /v1/database/restore", s.restoreDatabase)
	mux.HandleFunc("POST /v1/database/prune", s.pruneBackups)
}

// DatabaseDrop is the body of POST /v1/database/drop.
type DatabaseDrop struct {
	Source   slot.DatabaseSource `json:"source"`
	NoBackup bool                `json:"no_backup,omitempty"`
}

// DatabaseCopy is the body of POST /v1/database/copy.
type DatabaseCopy struct {
	From slot.DatabaseSource `json:"from"`
	To   slot.DatabaseSource `json:"to"`
}

// DatabaseChosen is the body of calls that need a database alone.
type DatabaseChosen struct {
	Source slot.DatabaseSource `json:"source"`
}

// DatabaseRestore is the body of POST /v1/database/restore: a backup by its ID,
// or a file with To.
type DatabaseRestore struct {
	Backup string              `json:"backup,omitempty"`
	File   string              `json:"file,omitempty"`
	To     slot.DatabaseSource `json:"to,omitempty"`
}

// BackupPrune is the body of POST /v1/database/prune.
type BackupPrune struct {
	Keep   int  `json:"keep,omitempty"`   // of each database the newest so many, whoever asked for them
	Before bool `json:"before,omitempty"` // also the databases that restores set aside
}

// BackupPruned is its answer.
type BackupPruned struct {
	Backups   []slot.Backup `json:"backups"`
	Databases []string      `json:"databases,omitempty"`
}

// body reads a request, and checks the databases that it names; an empty name
// is refused unless it may be left out.
func body[T any](w http.ResponseWriter, r *http.Request, sources func(*T) []*slot.DatabaseSource) (v T, ok bool) {
	err := read(w, r, &v)
	if err == nil {
		for _, src := range sources(&v) {
			if *src, err = slot.ParseDatabaseSource(string(*src)); err != nil {
				break
			}
		}
	}
	if err != nil {
		fail(w, err)
	}
	return v, err == nil
}

func (s *server) createDatabase(w http.ResponseWriter, r *http.Request) {
	req, ok := body(w, r, func(v *DatabaseChosen) []*slot.DatabaseSource { return []*slot.DatabaseSource{&v.Source} })
	if !ok {
		return
	}
	if err := s.Database.Create(r.Context(), req.Source); err != nil {
		fail(w, err)
		return
	}
	answer(w, s.Database.Status(r.Context()))
}

func (s *server) dropDatabase(w http.ResponseWriter, r *http.Request) {
	req, ok := body(w, r, func(v *DatabaseDrop) []*slot.DatabaseSource { return []*slot.DatabaseSource{&v.Source} })
	if !ok {
		return
	}
	long(w, r, func(ctx context.Context, say slot.Progress) (slot.Backup, error) {
		return s.Database.Drop(ctx, req.Source, !req.NoBackup, say)
	})
}

func (s *server) copyDatabase(w http.ResponseWriter, r *http.Request) {
	req, ok := body(w, r, func(v *DatabaseCopy) []*slot.DatabaseSource { return []*slot.DatabaseSource{&v.From, &v.To} })
	if !ok {
		return
	}
	long(w, r, func(ctx context.Context, say slot.Progress) (database.Restored, error) {
		return s.Database.Copy(ctx, req.From, req.To, say)
	})
}

func (s *server) databaseBackups(w http.ResponseWriter, _ *http.Request) {
	all, err := s.Database.Backups()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, all)
}

func (s *server) backUp(w http.ResponseWriter, r *http.Request) {
	req, ok := body(w, r, func(v *DatabaseChosen) []*slot.DatabaseSource { return []*slot.DatabaseSource{&v.Source} })
	if !ok {
		return
	}
	long(w, r, func(ctx context.Context, say slot.Progress) (slot.Backup, error) {
		return s.Database.Backup(ctx, req.Source, say)
	})
}

func (s *server) restoreDatabase(w http.ResponseWriter, r *http.Request) {
	req, ok := body(w, r, func(v *DatabaseRestore) []*slot.DatabaseSource {
		if v.To == "" && v.Backup != "" {
			return nil // the backup's own
		}
		return []*slot.DatabaseSource{&v.To}
	})
	if !ok {
		return
	}
	if (req.Backup == "") == (req.File == "") || req.File != "" && !filepath.IsAbs(req.File) {
		fail(w, slot.E(slot.KindUsage, "slot db backups", errors.New("name a backup, or an absolute path of a dump")))
		return
	}
	long(w, r, func(ctx context.Context, say slot.Progress) (database.Restored, error) {
		return s.Database.Restore(ctx, database.Restore(req), say)
	})
}

func (s *server) pruneBackups(w http.ResponseWriter, r *http.Request) {
	req, ok := body(w, r, func(*BackupPrune) []*slot.DatabaseSource { return nil })
	if !ok {
		return
	}
	var out BackupPruned
	var err error
	if req.Keep < 0 {
		err = slot.E(slot.KindUsage, "", errors.New("keep is below 0"))
	}
	if err == nil {
		out.Backups, err = s.Database.Prune(r.Context(), req.Keep)
	}
	if err == nil && req.Before {
		out.Databases, err = s.Database.Unused(r.Context())
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, out)
}
