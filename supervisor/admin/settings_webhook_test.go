package admin_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// push sends a signed push as GitHub does, without a session.
func (h *house) push(secret, delivery string) int {
	h.t.Helper()
	body := `{"ref":"refs/heads/main","after":"` + strings.Repeat("a", 40) + `","repository":{"full_name":"me/app","clone_url":"https://example.invalid/me/app.git"},"commits":[]}`
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	res, _ := h.send(http.DefaultClient, "POST", "/webhook", body, "Content-Type", "application/json", "X-GitHub-Event", "push",
		"X-GitHub-Delivery", delivery, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return res.StatusCode
}

func (h *house) secret() string {
	h.t.Helper()
	s, err := h.store.Webhook()
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Secret
}

func TestWebhook_RevealsItsSecretOnceAndWritesItDown(t *testing.T) {
	h := newHouse(t)
	c, secret := h.loggedIn(), h.secret()
	if _, body := h.send(c, "GET", "/settings", ""); strings.Contains(body, secret) {
		t.Error("the page has the secret before it is asked for")
	}
	if res, body := h.send(c, "GET", "/settings/webhook/reveal", ""); res.StatusCode == http.StatusOK || strings.Contains(body, secret) {
		t.Errorf("an address shows it: %d", res.StatusCode)
	}
	if _, body := h.send(h.browser(), "POST", "/settings/webhook/reveal", ""); strings.Contains(body, secret) {
		t.Error("a stranger is shown it")
	}
	if res, body := h.send(c, "POST", "/settings/webhook/reveal", ""); res.StatusCode != http.StatusOK || !strings.Contains(body, secret) || !strings.Contains(body, "webhook reveal") {
		t.Errorf("it is not shown, or not written down: %d", res.StatusCode)
	}
	if _, body := h.send(c, "GET", "/settings", ""); strings.Contains(body, secret) {
		t.Error("the page goes on to show it")
	}
}

func TestWebhook_RotatesAndTheOldSecretHoldsUntilItIsEnded(t *testing.T) {
	h := newHouse(t)
	c, old := h.loggedIn(), h.secret()
	h.send(c, "POST", "/settings/webhook/rotate", "")
	fresh := h.secret()
	if fresh == old {
		t.Fatal("the secret is the same")
	}
	if _, body := h.send(c, "GET", "/settings", ""); !strings.Contains(body, "End the old secret") || strings.Contains(body, "Choose a new secret") {
		t.Error("the page does not say that two hold")
	}
	if got := [2]int{h.push(old, "1"), h.push(fresh, "2")}; got != [2]int{200, 200} {
		t.Errorf("while rotating: %v", got)
	}
	h.send(c, "POST", "/settings/webhook/finish", "")
	if got := [2]int{h.push(old, "3"), h.push(fresh, "4")}; got != [2]int{401, 200} {
		t.Errorf("afterwards: %v", got)
	}
	_, body := h.send(c, "GET", "/settings", "")
	for _, done := range []string{"webhook rotate", "webhook finish", "Choose a new secret", "1 × 401"} {
		if !strings.Contains(body, done) {
			t.Errorf("the page lacks %q", done)
		}
	}
}

func TestWebhook_ReplaysADeliveryAndTestsItself(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	if status := h.push(h.secret(), "1"); status != http.StatusOK {
		t.Fatalf("a push that concerns nobody: %d", status)
	}
	err := h.store.UpdateConfig(func(cfg *slot.Config) error {
		cfg.Slots["b"] = slot.SlotConfig{Repository: "https://example.invalid/me/app.git", Branch: "main"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	number := h.store.Deliveries(1)[0].Number
	script := []string{"Accept", "application/json"}
	if res, body := h.send(c, "POST", "/settings/webhook/replay", form("number", fmt.Sprint(number)), script...); res.StatusCode != http.StatusOK {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	last := h.store.Deliveries(1)[0]
	if len(last.Decisions) != 1 || last.Decisions[0].Slot != "b" || last.Decisions[0].Verdict != slot.VerdictDeploy {
		t.Errorf("the replay decided %+v", last)
	}
	for number, want := range map[string]int{"x": 400, "999": 404} {
		if res, body := h.send(c, "POST", "/settings/webhook/replay", form("number", number), script...); res.StatusCode != want {
			t.Errorf("delivery %s: %d %s", number, res.StatusCode, body)
		}
	}
	if res, body := h.send(c, "POST", "/settings/webhook/test", "", script...); res.StatusCode != http.StatusOK || !strings.Contains(body, "The webhook answered in") {
		t.Errorf("the test: %d %s", res.StatusCode, body)
	}
}

func TestWebhook_WithoutOneNothingBreaks(t *testing.T) {
	h := newHouse(t)
	h.admin.Webhook = nil
	c := h.loggedIn()
	for _, path := range []string{"/settings/webhook/test", "/settings/webhook/replay"} {
		if res, body := h.send(c, "POST", path, form("number", "1"), "Accept", "application/json"); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "has no address") {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
