package store

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// secrets is secrets.json.
type secrets struct {
	Token   string          `json:"token"`
	Webhook *WebhookSecrets `json:"webhook,omitempty"`
}

// tokenBytes is the length of the token before it is written in hexadecimal:
// 256 bits cannot be guessed.
const tokenBytes = 32

var tokenForm = lazyregexp.New(`^[0-9a-f]{64}$`)

func (s *Store) loadSecrets() error {
	path := s.layout.Secrets()
	token, err := ReadToken(s.layout)
	if errors.Is(err, fs.ErrNotExist) {
		return s.makeSecrets(path)
	}
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	s.token = token
	return err
}

// ReadToken returns the token of the control socket for a client that does
// not open the store. fs.ErrNotExist when no daemon ever ran.
func ReadToken(l Layout) (string, error) {
	path := l.Secrets()
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var read secrets
	if err == nil {
		err = json.Unmarshal(data, &read)
	}
	if err == nil && !tokenForm.MatchString(read.Token) {
		err = errors.New("the token is not 64 hexadecimal digits")
	}
	if w := read.Webhook; err == nil && w != nil &&
		(!tokenForm.MatchString(w.Secret) || w.Previous != "" && !tokenForm.MatchString(w.Previous)) {
		err = errors.New("a secret of the webhook is not 64 hexadecimal digits")
	}
	if err != nil {
		return "", slot.E(slot.KindFailed, "rm "+quoted(path)+" makes slot choose a new token",
			fmt.Errorf("cannot read %s: %w", path, cause(err)))
	}
	return read.Token, nil
}

func (s *Store) makeSecrets(path string) error {
	s.token = randomHex()
	data, err := encode(secrets{Token: s.token})
	if err != nil {
		return err
	}
	return writeFile(path, data)
}

// randomHex returns 64 hexadecimal digits that cannot be guessed.
func randomHex() string {
	random := make([]byte, tokenBytes)
	rand.Read(random)
	return hex.EncodeToString(random)
}
