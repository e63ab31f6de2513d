package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const (
	keyBytes      = 32                 // 256 bits cannot be guessed
	minOwnValue   = 32                 // characters of a token that somebody else chose
	linkLife      = 10 * time.Minute   // from the terminal to the browser
	sessionLife   = 7 * 24 * time.Hour // since it was last used
	sessionRenew  = time.Hour          // no more often is a use written down
	maxSessions   = 200                // the oldest ends
	maxLinks      = 20
	linkName      = "link" // who came by a one-time link
	tokenNameRule = "lower case letters, digits and -, at most 32, such as ci"
)

var tokenName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,31}$`)

// keys are what opens the admin: tokens, sessions of browsers and one-time
// links. Only their SHA-256 is kept: they are random, so nothing slower is
// needed, and a look-up by hash takes the same time for every wrong one. Safe
// for concurrent use.
type keys struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	held    held
	changed chan struct{} // closed at the next change
}

// held is keys.json.
type held struct {
	Tokens   []tokenKey   `json:"tokens"`
	Sessions []sessionKey `json:"sessions"`
	Links    []linkKey    `json:"links"`
}

type tokenKey struct {
	slot.AdminToken
	Hash string `json:"hash"`
}

type sessionKey struct {
	Hash      string    `json:"hash"`
	Who       string    `json:"who"` // the token's name, or linkName
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

type linkKey struct {
	Hash      string    `json:"hash"`
	ExpiresAt time.Time `json:"expires_at"`
}

func hashOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func newKey() string {
	random := make([]byte, keyBytes)
	rand.Read(random)
	return hex.EncodeToString(random)
}

// tokens lists the tokens by name.
func (k *keys) tokens() []slot.AdminToken {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make([]slot.AdminToken, 0, len(k.held.Tokens))
	for _, t := range k.held.Tokens {
		all = append(all, t.AdminToken)
	}
	slices.SortFunc(all, func(a, b slot.AdminToken) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// createToken adds a token. One with a value of the caller's own takes the
// place of an older one of its name, and is left alone where it is the same:
// a startup script may say it each time.
func (k *keys) createToken(req slot.AdminTokenRequest) (slot.AdminTokenCreated, error) {
	var out slot.AdminTokenCreated
	switch {
	case !tokenName.MatchString(req.Name) || req.Name == linkName:
		return out, slot.E(slot.KindUsage, "", fmt.Errorf("%q is no name for a token; want %s", req.Name, tokenNameRule))
	case req.TTL < 0:
		return out, slot.E(slot.KindUsage, "", fmt.Errorf("a token cannot last %v", req.TTL))
	case req.Value != "" && (len(req.Value) < minOwnValue || strings.ContainsFunc(req.Value, unprintable)):
		return out, slot.E(slot.KindUsage, "openssl rand -hex 32 makes one",
			fmt.Errorf("the value has %d characters; want %d or more, without blanks", len(req.Value), minOwnValue))
	}
	value := req.Value
	if value == "" {
		value = newKey()
		out.Value = value
	}
	err := k.change(func(h *held) error {
		now := k.now()
		t := tokenKey{slot.AdminToken{Name: req.Name, CreatedAt: now}, hashOf(value)}
		if req.TTL > 0 {
			t.ExpiresAt = now.Add(time.Duration(req.TTL))
		}
		at := slices.IndexFunc(h.Tokens, func(o tokenKey) bool { return o.Name == req.Name })
		switch {
		case at < 0:
			h.Tokens = append(h.Tokens, t)
		case req.Value == "":
			return slot.E(slot.KindUsage, "slot token revoke "+req.Name, fmt.Errorf("there is a token %q already", req.Name))
		case h.Tokens[at].Hash == t.Hash && h.Tokens[at].ExpiresAt.IsZero() && req.TTL == 0:
			t = h.Tokens[at]
		default:
			h.drop(req.Name)
			h.Tokens = append(h.Tokens, t)
		}
		out.AdminToken = t.AdminToken
		return nil
	})
	return out, err
}

func unprintable(r rune) bool { return r <= ' ' || r > '~' }

// revokeToken ends a token and the sessions that began with it.
func (k *keys) revokeToken(name string) error {
	return k.change(func(h *held) error {
		if !h.drop(name) {
			return slot.E(slot.KindNotFound, "slot token list", fmt.Errorf("no token %q", name))
		}
		return nil
	})
}

// drop removes a token and its sessions.
func (h *held) drop(name string) bool {
	before := len(h.Tokens)
	h.Tokens = slices.DeleteFunc(h.Tokens, func(t tokenKey) bool { return t.Name == name })
	h.Sessions = slices.DeleteFunc(h.Sessions, func(s sessionKey) bool { return s.Who == name })
	return len(h.Tokens) < before
}

// link makes a key that opens one session.
func (k *keys) link() (key string, expires time.Time, err error) {
	key, expires = newKey(), k.now().Add(linkLife)
	return key, expires, k.change(func(h *held) error {
		h.Links = append(h.Links, linkKey{hashOf(key), expires})
		if n := len(h.Links) - maxLinks; n > 0 {
			h.Links = h.Links[n:]
		}
		return nil
	})
}

var errNoKey = errors.New("the key is wrong, was used already, or has expired")

// login takes a token or a link for a session. A link is used up by it.
func (k *keys) login(key string) (session, who string, err error) {
	hash := hashOf(key)
	k.mu.Lock()
	known := k.held.knows(hash, k.now())
	k.mu.Unlock()
	if !known {
		return "", "", errNoKey // nothing is written for a stranger
	}
	session = newKey()
	return session, who, k.change(func(h *held) error {
		now := k.now()
		before := len(h.Links)
		h.Links = slices.DeleteFunc(h.Links, func(l linkKey) bool { return l.Hash == hash })
		if len(h.Links) < before {
			who = linkName
		} else if t := h.token(hash, now); t != nil {
			who, t.UsedAt = t.Name, now
		} else {
			return errNoKey
		}
		h.Sessions = append(h.Sessions, sessionKey{hashOf(session), who, now, now.Add(sessionLife)})
		if n := len(h.Sessions) - maxSessions; n > 0 {
			h.Sessions = h.Sessions[n:]
		}
		return nil
	})
}

// session returns whose session it is. Using it makes it last.
func (k *keys) session(key string) (who string, ok bool) {
	hash, now := hashOf(key), k.now()
	k.mu.Lock()
	found := k.held.find(hash, now)
	var s sessionKey
	if found != nil {
		s = *found
	}
	k.mu.Unlock()
	if found == nil {
		return "", false
	}
	if s.ExpiresAt.Sub(now) < sessionLife-sessionRenew {
		_ = k.change(func(h *held) error { // it still holds when this cannot be written
			for i := range h.Sessions {
				if h.Sessions[i].Hash == hash {
					h.Sessions[i].ExpiresAt = now.Add(sessionLife)
				}
			}
			return nil
		})
	}
	return s.Who, true
}

// logout ends a session.
func (k *keys) logout(key string) error {
	hash := hashOf(key)
	return k.change(func(h *held) error {
		h.Sessions = slices.DeleteFunc(h.Sessions, func(s sessionKey) bool { return s.Hash == hash })
		return nil
	})
}

// bearer returns whose token it is.
func (k *keys) bearer(key string) (who string, ok bool) {
	hash, now := hashOf(key), k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	t := k.held.token(hash, now)
	if t == nil {
		return "", false
	}
	if now.Sub(t.UsedAt) > sessionRenew {
		t.UsedAt = now // written with the next change
	}
	return t.Name, true
}
