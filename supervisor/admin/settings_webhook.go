package admin

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// webhookReveal shows the secret. It is a POST, so that no address, history or
// cache has it.
func (a *Admin) webhookReveal(w http.ResponseWriter, r *http.Request, c caller) {
	secrets, err := a.Store.Webhook()
	a.note(r, c, "webhook reveal", "", "", err)
	if err != nil {
		a.done(w, r, c, "/settings", "", err)
		return
	}
	v := a.settingsView()
	v.Secret = secrets.Secret
	a.page(w, r, c, "settings.html", "Settings", "settings", v)
}

// webhookRotate chooses a new secret; the one before goes on to hold.
func (a *Admin) webhookRotate(w http.ResponseWriter, r *http.Request, c caller) {
	_, err := a.Store.RotateWebhook()
	a.note(r, c, "webhook rotate", "", "", err)
	a.done(w, r, c, "/settings", "There is a new secret. The old one holds until you end it.", err)
}

// webhookFinish ends the secret before.
func (a *Admin) webhookFinish(w http.ResponseWriter, r *http.Request, c caller) {
	_, err := a.Store.FinishWebhook()
	a.note(r, c, "webhook finish", "", "", err)
	a.done(w, r, c, "/settings", "The old secret is no longer taken.", err)
}

// webhookReplay decides a delivery once more.
func (a *Admin) webhookReplay(w http.ResponseWriter, r *http.Request, c caller) {
	number, err := strconv.ParseInt(r.FormValue("number"), 10, 64)
	switch {
	case err != nil:
		err = badForm(strconv.Quote(r.FormValue("number")) + " is not the number of a delivery")
	case a.Webhook == nil:
		err = errNoWebhook()
	default:
		_, err = a.Webhook.Replay(number)
	}
	a.note(r, c, "webhook replay", "", r.FormValue("number"), err)
	a.done(w, r, c, "/settings", "Delivery "+r.FormValue("number")+" was taken once more.", err)
}

// pingTimeout is how long GitHub waits for an answer.
const pingTimeout = 10 * time.Second

// webhookTest sends a signed ping to the webhook, as GitHub does.
func (a *Admin) webhookTest(w http.ResponseWriter, r *http.Request, c caller) {
	text, err := a.ping(r.Context())
	a.note(r, c, "webhook test", "", "", err)
	a.done(w, r, c, "/settings", text, err)
}

func errNoWebhook() error {
	return slot.E(slot.KindUsage, "SLOT_WEBHOOK_PORT opens it", errorf("the webhook has no address"))
}

func (a *Admin) ping(ctx context.Context) (string, error) {
	secrets, err := a.Store.Webhook()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if a.Webhook == nil || a.WebhookURL() == "" {
		return "", errNoWebhook()
	}
	body := []byte(`{"zen":"slot webhook test","hook_id":0}`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.WebhookURL(), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	sum := hmac.New(sha256.New, []byte(secrets.Secret))
	sum.Write(body)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-GitHub-Event": "ping", "X-GitHub-Delivery": strings.ToLower(rand.Text()),
		"X-Hub-Signature-256": "sha256=" + hex.EncodeToString(sum.Sum(nil)),
	} {
		req.Header.Set(name, value)
	}
	start := time.Now()
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		return "", slot.E(slot.KindUnreachable, "", errorf("the webhook cannot be reached: %v", err))
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", slot.E(slot.KindFailed, "share the webhook's app publicly: GitHub cannot log in", errorf("the webhook answers %s", res.Status))
	}
	return fmt.Sprintf("The webhook answered in %d ms.", time.Since(start).Milliseconds()), nil
}
