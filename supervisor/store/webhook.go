package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/slot-paas/slot/slot"
)

// WebhookSecrets is what calls of the webhook are signed with. Both secrets
// hold while a rotation goes on; each is 64 hexadecimal digits.
type WebhookSecrets struct {
	Secret      string    `json:"secret"`
	Previous    string    `json:"previous,omitempty"`
	RotatedAt   time.Time `json:"rotated_at,omitzero"`
	GitHubToken string    `json:"github_token,omitempty"` // for commit statuses and comments
}

// All returns the secrets that hold, the newest first.
func (w WebhookSecrets) All() []string {
	if w.Previous == "" {
		return []string{w.Secret}
	}
	return []string{w.Secret, w.Previous}
}

// Webhook returns the webhook's secrets; the first call ever chooses one.
func (s *Store) Webhook() (WebhookSecrets, error) {
	s.memory.RLock()
	known := s.webhook
	s.memory.RUnlock()
	if known.Secret != "" {
		return known, nil
	}
	return s.updateWebhook(func(w *WebhookSecrets) error { return nil })
}

// RotateWebhook chooses a new secret; the one before goes on to hold until
// FinishWebhook. While a rotation goes on, another is refused: it would put an
// end to a secret that hosts may still use.
func (s *Store) RotateWebhook() (WebhookSecrets, error) {
	return s.updateWebhook(func(w *WebhookSecrets) error {
		if w.Previous != "" {
			return slot.E(slot.KindUsage, "slot webhook rotate --finish, when every host has the new secret",
				fmt.Errorf("the secret was rotated at %s and the one before still holds", w.RotatedAt.Format(time.RFC3339)))
		}
		w.Previous, w.Secret, w.RotatedAt = w.Secret, randomHex(), time.Now().UTC().Truncate(time.Second)
		return nil
	})
}

// FinishWebhook ends the rotation: the secret before no longer holds.
func (s *Store) FinishWebhook() (WebhookSecrets, error) {
	return s.updateWebhook(func(w *WebhookSecrets) error {
		if w.Previous == "" {
			return slot.E(slot.KindUsage, "slot webhook rotate begins one", errors.New("no rotation goes on"))
		}
		w.Previous, w.RotatedAt = "", time.Time{}
		return nil
	})
}

// SetGitHubToken remembers the token for commit statuses; "" forgets it.
func (s *Store) SetGitHubToken(token string) error {
	_, err := s.updateWebhook(func(w *WebhookSecrets) error { w.GitHubToken = token; return nil })
	return err
}

func (s *Store) updateWebhook(change func(*WebhookSecrets) error) (w WebhookSecrets, err error) {
	err = s.updateSecrets(func(all *secrets) error {
		if all.Webhook == nil {
			all.Webhook = &WebhookSecrets{}
		}
		if all.Webhook.Secret == "" {
			all.Webhook.Secret = randomHex()
		}
		err := change(all.Webhook)
		w = *all.Webhook
		return err
	})
	return w, err
}

// updateSecrets changes secrets.json as a whole, and what readers see with it:
// two changes at once must not end in the order that the disk does not have.
func (s *Store) updateSecrets(change func(*secrets) error) error {
	return s.write(func() error {
		path := s.layout.Secrets()
		data, err := os.ReadFile(path)
		if err != nil {
			return damaged(path, err)
		}
		var all secrets
		if err := json.Unmarshal(data, &all); err != nil {
			return damaged(path, err)
		}
		if err := change(&all); err != nil {
			return err
		}
		data, err = encode(all)
		if err != nil {
			return err
		}
		if err := writeFile(path, data); err != nil {
			return err
		}
		if all.Webhook != nil {
			s.remember(func() { s.webhook = *all.Webhook })
		}
		return nil
	})
}
