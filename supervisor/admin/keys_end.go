package admin

import "time"

// ends is when a session ends: a week after its last use, or with the token
// that it began with.
func (h *held) ends(s sessionKey) time.Time {
	for _, t := range h.Tokens {
		if t.Name == s.Who && !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(s.ExpiresAt) {
			return t.ExpiresAt
		}
	}
	return s.ExpiresAt
}

// find returns the session with the hash that holds, or nil.
func (h *held) find(hash string, now time.Time) *sessionKey {
	for i := range h.Sessions {
		if s := &h.Sessions[i]; s.Hash == hash && now.Before(h.ends(*s)) {
			return s
		}
	}
	return nil
}

// end is when the session or token with the hash ends, the zero time for
// never; holds where it has not.
func (k *keys) end(hash string) (at time.Time, holds bool) {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.held.find(hash, now); s != nil {
		return k.held.ends(*s), true
	}
	if t := k.held.token(hash, now); t != nil {
		return t.ExpiresAt, true
	}
	return at, false
}

// changes returns what is closed at the next change of the keys.
func (k *keys) changes() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}
