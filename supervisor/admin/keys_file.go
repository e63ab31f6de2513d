package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// openKeys reads the keys of the folder, which it makes.
func openKeys(dir string, now func() time.Time) (*keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot open the admin's folder: %w", err)
	}
	k := &keys{path: filepath.Join(dir, "keys.json"), now: now, changed: make(chan struct{})}
	data, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &k.held)
	}
	if err != nil {
		return nil, slot.E(slot.KindFailed, "rm "+k.path+" ends all sessions and tokens",
			fmt.Errorf("cannot read %s: %v", k.path, err))
	}
	return k, nil
}

// change changes what is held and writes it; on an error nothing has changed.
func (k *keys) change(do func(*held) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	next := held{
		Tokens:   slices.Clone(k.held.Tokens),
		Sessions: slices.Clone(k.held.Sessions),
		Links:    slices.Clone(k.held.Links),
	}
	next.forget(k.now())
	if err := do(&next); err != nil {
		return err
	}
	data, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := store.WriteFile(k.path, data); err != nil {
		return err
	}
	k.held = next
	close(k.changed)
	k.changed = make(chan struct{})
	return nil
}

// forget drops what has expired. A token stays, so that its owner sees why it
// no longer opens.
func (h *held) forget(now time.Time) {
	h.Sessions = slices.DeleteFunc(h.Sessions, func(s sessionKey) bool { return !now.Before(s.ExpiresAt) })
	h.Links = slices.DeleteFunc(h.Links, func(l linkKey) bool { return !now.Before(l.ExpiresAt) })
}

// token returns the valid token with the hash, or nil.
func (h *held) token(hash string, now time.Time) *tokenKey {
	for i := range h.Tokens {
		t := &h.Tokens[i]
		if t.Hash == hash && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt)) {
			return t
		}
	}
	return nil
}

// knows reports whether a token or a link with the hash is valid.
func (h *held) knows(hash string, now time.Time) bool {
	return h.token(hash, now) != nil ||
		slices.ContainsFunc(h.Links, func(l linkKey) bool { return l.Hash == hash && now.Before(l.ExpiresAt) })
}
