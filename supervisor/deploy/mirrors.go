package deploy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// mirrors makes sure that one mirror is used by one deployment at a time:
// several slots may follow one repository. Housekeeping gives way to
// deployments.
type mirrors struct {
	dir string

	mu   sync.Mutex
	busy map[string]*holder
}

// holder is who uses a mirror.
type holder struct {
	done chan struct{}      // closed when it is given back
	stop context.CancelFunc // of housekeeping; nil for a deployment
}

func newMirrors(dir string) *mirrors { return &mirrors{dir: dir, busy: map[string]*holder{}} }

// usedFile lies in a mirror: its time is that of the last use, its text the
// name of the mirror for whose repository it was used, which is its own or,
// for a submodule's, that of the repository at the top.
const usedFile = "slot-used"

// take waits for the mirror of an address, stops housekeeping in it, and
// returns its folder and the function that gives it back, which may be called
// twice. top is the mirror for which it is used.
func (m *mirrors) take(ctx context.Context, address, top string) (dir string, unlock func(), err error) {
	name := mirrorName(address)
	release, err := m.lock(ctx, name)
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(m.dir, name)
	return dir, sync.OnceFunc(func() {
		// Where the mirror could not be made there is no folder either.
		_ = os.WriteFile(filepath.Join(dir, usedFile), []byte(top), 0o600)
		release()
	}), nil
}

// lock waits for the mirror and returns the function that gives it back.
func (m *mirrors) lock(ctx context.Context, name string) (unlock func(), err error) {
	for {
		unlock, other := m.try(name, nil)
		if other == nil {
			return unlock, nil
		}
		if other.stop != nil {
			other.stop()
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try takes the mirror if nobody has it, and else says who.
func (m *mirrors) try(name string, stop context.CancelFunc) (unlock func(), other *holder) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if other = m.busy[name]; other != nil {
		return nil, other
	}
	mine := &holder{done: make(chan struct{}), stop: stop}
	m.busy[name] = mine
	return func() {
		m.mu.Lock()
		delete(m.busy, name)
		m.mu.Unlock()
		close(mine.done)
	}, nil
}

// idle runs do, unless a deployment uses the mirror; do's context ends when
// one wants it.
func (m *mirrors) idle(ctx context.Context, name string, do func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(ctx, maxTidy)
	defer cancel()
	unlock, other := m.try(name, cancel)
	if other != nil {
		return nil
	}
	defer unlock()
	return do(ctx, filepath.Join(m.dir, name))
}

// maxTidy bounds the housekeeping of one mirror.
const maxTidy = 10 * time.Minute

var unsafeInName = lazyregexp.New(`[^A-Za-z0-9._-]+`)

// mirrorName is the folder name of a repository's mirror: readable, and
// different for every address.
func mirrorName(address string) string {
	sum := sha256.Sum256([]byte(address))
	base := unsafeInName.ReplaceAllString(strings.TrimSuffix(path.Base(address), ".git"), "-")
	return strings.TrimLeft(base[:min(len(base), 40)], ".-") + "-" + hex.EncodeToString(sum[:8]) + ".git"
}
