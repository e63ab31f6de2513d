package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// mirrorKept is how long a mirror stays that no slot's repository needs, and
// how long what Git LFS brought stays in one after its last use: a repository
// that is tried again within days needs no second clone.
const mirrorKept = 7 * 24 * time.Hour

// housekeeping is one goroutine that, each time the last lane falls idle,
// packs mirrors, removes those that nobody needs, and keeps the hooks' caches
// within their bounds. Deployments never wait for it: it gives back a mirror
// or a cache that one wants, and ends with stop.
type housekeeping struct {
	wake chan struct{}
	ctx  context.Context
	stop context.CancelFunc
}

func newHousekeeping() housekeeping {
	ctx, stop := context.WithCancel(context.Background())
	return housekeeping{wake: make(chan struct{}, 1), ctx: ctx, stop: stop}
}

// poke asks for a round.
func (h housekeeping) poke() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// keepHouse is the goroutine.
func (e *Engine) keepHouse() {
	for {
		select {
		case <-e.house.ctx.Done():
			return
		case <-e.house.wake:
		}
		if e.working() {
			continue // the lane that works asks again when it is done
		}
		if err := e.tidy(e.house.ctx); err != nil && e.house.ctx.Err() == nil {
			e.Log.Warn("cannot tidy up", slot.KeyError, err)
		}
		if e.Rest != nil && e.house.ctx.Err() == nil && !e.working() {
			e.Rest()
		}
	}
}

func (e *Engine) working() bool {
	for _, l := range e.lanes {
		l.mu.Lock()
		busy := l.busy
		l.mu.Unlock()
		if busy {
			return true
		}
	}
	return false
}

// tidy is one round. What fails is told, and the rest is done all the same.
func (e *Engine) tidy(ctx context.Context) error {
	err := e.Hooks.TrimCaches(ctx)
	entries, listErr := os.ReadDir(e.mirrors.dir)
	err = errors.Join(err, listErr)
	needed := e.neededMirrors()
	for _, entry := range entries {
		// A fetch that was cut short leaves NAME.new beside NAME.
		name := strings.TrimSuffix(entry.Name(), ".new")
		tidyErr := e.mirrors.idle(ctx, name, func(ctx context.Context, dir string) error {
			if name != entry.Name() {
				return os.RemoveAll(dir + ".new")
			}
			return e.tidyMirror(ctx, dir, needed)
		})
		if tidyErr != nil && !errors.Is(tidyErr, context.Canceled) {
			err = errors.Join(err, tidyErr)
		}
	}
	return err
}

// neededMirrors are those of the slots' repositories.
func (e *Engine) neededMirrors() map[string]bool {
	needed := map[string]bool{}
	for _, s := range e.Store.Config().Slots {
		if repo, err := slot.ParseRepository(s.Repository); err == nil {
			needed[mirrorName(repo.Address)] = true
		}
	}
	return needed
}

func (e *Engine) tidyMirror(ctx context.Context, dir string, needed map[string]bool) error {
	stamp := filepath.Join(dir, usedFile)
	info, err := os.Stat(stamp)
	if err != nil { // of an earlier version, or damaged: its time begins now
		return os.WriteFile(stamp, []byte(filepath.Base(dir)), 0o600)
	}
	top, err := os.ReadFile(stamp)
	if err != nil {
		return err
	}
	if !needed[string(top)] && time.Since(info.ModTime()) > mirrorKept {
		e.Log.Info("removing a mirror that no slot needs", slot.KeyPath, dir)
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("cannot remove the mirror: %w", err)
		}
		return nil
	}
	return e.Git.Tidy(ctx, dir, info.ModTime().Add(-mirrorKept))
}
