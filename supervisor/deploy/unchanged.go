package deploy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// skipped ends a deployment that has nothing to do; reason is for people.
type skipped struct{ reason string }

func (s *skipped) Error() string { return s.reason }

// skipReason is why err ends a deployment without a failure, "" when it is one.
func skipReason(err error) string {
	var s *skipped
	if errors.As(err, &s) {
		return s.reason
	}
	return ""
}

// unlessUnchanged ends a deployment that is only wanted if something changed:
// where the live release serves and was made from the same commit, or no file
// that changed since is watched. changed lists the files that differ from a
// commit; where it cannot, because a force-push took that commit away, say,
// all may have changed.
func (r *run) unlessUnchanged(changed func(from string) ([]string, error)) error {
	if !r.job.req.IfChanged || r.old == nil || !r.old.serving() {
		return nil
	}
	live, now := r.old.release.Source, r.release.Source
	if live.Repository != now.Repository || live.Branch != now.Branch || live.Root != now.Root ||
		live.Commit == "" || live.Dirty || now.Dirty {
		return nil
	}
	if live.Commit == now.Commit {
		return &skipped{fmt.Sprintf("nothing new: %s is live as release %d", now.ShortCommit(), r.old.release.ID)}
	}
	watch := r.cfg.Deployment.WatchPaths
	if len(watch) == 0 {
		return nil
	}
	files, err := changed(live.Commit)
	if err != nil {
		r.lane.e.Log.Info("cannot compare with the live release; deploying", slot.KeySlot, r.lane.name, slot.KeyError, err)
		return nil
	}
	for _, file := range files {
		if slot.Watched(watch, file) {
			return nil
		}
	}
	return &skipped{fmt.Sprintf("none of the %d files that changed since %s is watched (%s)", len(files), live.ShortCommit(), strings.Join(watch, ", "))}
}
