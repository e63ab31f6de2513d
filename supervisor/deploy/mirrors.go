package deploy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"strings"
	"sync"
)

// mirrors makes sure that one mirror is fetched by one deployment at a time:
// several slots may follow one repository.
type mirrors struct {
	mu   sync.Mutex
	busy map[string]chan struct{}
}

func newMirrors() *mirrors { return &mirrors{busy: map[string]chan struct{}{}} }

// lock waits for the mirror and returns the function that gives it back.
func (m *mirrors) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		m.mu.Lock()
		taken, ok := m.busy[key]
		if !ok {
			mine := make(chan struct{})
			m.busy[key] = mine
			m.mu.Unlock()
			return func() {
				m.mu.Lock()
				delete(m.busy, key)
				m.mu.Unlock()
				close(mine)
			}, nil
		}
		m.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// mirrorName is the folder name of a repository's mirror: readable, and
// different for every address.
func mirrorName(address string) string {
	sum := sha256.Sum256([]byte(address))
	base := unsafeInName.ReplaceAllString(strings.TrimSuffix(path.Base(address), ".git"), "-")
	return strings.TrimLeft(base[:min(len(base), 40)], ".-") + "-" + hex.EncodeToString(sum[:8]) + ".git"
}
