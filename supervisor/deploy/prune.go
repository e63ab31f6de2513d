package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// prune removes the releases that are not worth keeping.
func (r *run) prune(context.Context) (string, error) {
	keep := r.cfg.Deployment.Keep
	if keep == 0 {
		keep = slot.DefaultKeep
	}
	gone, err := r.lane.pruneReleases(keep, r.release.ID, r.job.record().Previous)
	if err == nil {
		err = r.lane.pruneBuildLogs()
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d kept, %d removed", len(r.lane.e.Store.Releases(r.lane.name)), gone), nil
}

// pruneReleases removes all but the newest keep releases, never the live one
// nor its predecessor, and every artefact that no release is made of.
func (l *lane) pruneReleases(keep, live, previous int) (gone int, err error) {
	all := l.e.Store.Releases(l.name)
	for i, rel := range all {
		if i >= len(all)-keep || rel.ID == live || rel.ID == previous {
			continue
		}
		if err := l.e.Store.DeleteRelease(l.name, rel.ID); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, l.sweepArtefacts()
}

// sweepArtefacts removes the folders that belong to no release of any slot: of
// pruned ones and of deployments that were cut short.
func (l *lane) sweepArtefacts() error {
	dir := l.e.Store.Layout().Artefacts(l.name)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	gone, done := l.e.artefacts.doom(l.name, names)
	defer done()
	for _, name := range gone {
		if err := os.RemoveAll(dir + "/" + name); err != nil {
			return fmt.Errorf("cannot remove an old release: %w", err)
		}
	}
	return nil
}

// keptBuildLogs is how many build logs a slot keeps: more than its releases,
// because failures are what is read.
const keptBuildLogs = 50

// pruneBuildLogs removes the oldest build logs.
func (l *lane) pruneBuildLogs() error {
	dir := l.e.Store.Layout().Logs(l.name)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var ids []int64
	for _, entry := range entries {
		number, ok := strings.CutPrefix(entry.Name(), "deploy-")
		id, err := strconv.ParseInt(strings.TrimSuffix(number, ".log"), 10, 64)
		if ok && err == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids[:max(0, len(ids)-keptBuildLogs)] {
		if err := os.Remove(l.e.Store.Layout().DeployLog(l.name, id)); err != nil {
			return fmt.Errorf("cannot remove an old build log: %w", err)
		}
	}
	return nil
}
