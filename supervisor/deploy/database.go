package deploy

import (
	"context"
	"errors"

	"github.com/slot-paas/slot/slot"
)

// Database gives apps their database.
type Database interface {
	// Prepare makes sure that the database which Env names is there.
	Prepare(context.Context, slot.Name) error
	// Env returns the variables that lead to it, nil for a slot without one.
	Env(slot.Name) map[string]string
	// BackUp is called before the release command of a release, and returns
	// the backup's name; "" where there was nothing to keep.
	BackUp(ctx context.Context, n slot.Name, release int) (string, error)
	// Discard takes the slot's own database away, so that the next app in the
	// slot finds another.
	Discard(context.Context, slot.Name) error
}

func (e *Engine) databaseEnv(n slot.Name) map[string]string {
	if e.Database == nil {
		return nil
	}
	return e.Database.Env(n)
}

// databaseSecrets are the values of those variables that nobody should read.
func (e *Engine) databaseSecrets(n slot.Name) []string {
	return secretValues(e.databaseEnv(n))
}

// prepareDatabase comes before the first process of a release. A database that
// is away stops only those that asked for one: the others may need none, and
// at a boot the app is started again until it is there.
func (r *run) prepareDatabase(ctx context.Context) error {
	if r.lane.e.Database == nil {
		return nil
	}
	err := r.lane.e.Database.Prepare(ctx, r.lane.name)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case r.cfg.Database != "" && r.job.req.Trigger != bootTrigger:
		return err
	default:
		r.away = true
		r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityWarning, Code: "database.away",
			Summary: "the database is not there: " + err.Error(), Hint: slot.AsError(err).Hint})
	}
	r.lane.maskSecrets(r.release) // passwords may be new
	r.log.secrets(append(secretValues(r.release.Env), r.lane.e.databaseSecrets(r.lane.name)...))
	return nil
}

// backUp keeps the database as it is before a release command changes it.
func (r *run) backUp(ctx context.Context) error {
	if r.lane.e.Database == nil || r.away || r.release.Env["DATABASE_URL"] != "" { // it has one elsewhere
		return nil
	}
	id, err := r.lane.e.Database.BackUp(ctx, r.lane.name, r.release.ID)
	if errors.Is(err, slot.ErrNoTools) {
		r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityWarning, Code: "database.no_backup",
			Summary: "no backup before the release command: " + err.Error(), Hint: slot.AsError(err).Hint})
		return nil
	}
	if err != nil || id == "" {
		return err
	}
	r.buildEvent(slot.Event{Line: &slot.BuildLine{Stream: "hook", Text: "backup " + id + " of the database, as it is before this release"}})
	return nil
}
