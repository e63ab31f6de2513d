package coderlab_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// Who may open what, as the template says it.
func testButtons(t *testing.T, ws *coderlab.Workspace) {
	apps := ws.Latest(t).Apps()
	for slug, share := range map[string]string{"b": "owner", "admin": "owner", "pgadmin": "owner", "psql": "owner", "webhook": "public"} {
		if apps[slug].Share != share {
			t.Errorf("%s is shared with %q, want %q", slug, apps[slug].Share, share)
		}
	}
	if len(apps) != 9 {
		t.Errorf("there are %d apps: %v", len(apps), apps)
	}
}

// The button of the admin opens it with one click and no login, and only to
// the owner; the token leaves the address.
func testAdmin(t *testing.T, lab *coderlab.Lab, ws *coderlab.Workspace) {
	click := ws.Get(t, "admin", "/", ws.Owner)
	if click.Status != http.StatusTemporaryRedirect || !strings.HasPrefix(click.Location, "/?token=") {
		t.Fatalf("Coder answers %d %s", click.Status, click.Location)
	}
	opened := ws.Get(t, "admin", click.Location, ws.Owner)
	cookie := session(opened)
	if opened.Status != http.StatusSeeOther || strings.Contains(opened.Location, "token") || cookie == "" {
		t.Fatalf("the admin answers %d %s, session %t", opened.Status, opened.Location, cookie != "")
	}
	page := visit(t, lab, ws, opened.Location, cookie)
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "<title>") {
		t.Errorf("%s answers %d %s", opened.Location, page.Status, page.Body)
	}
	// The second click finds the session, and does not go round in circles.
	again := visit(t, lab, ws, click.Location, cookie)
	if again.Status != http.StatusSeeOther || again.Location == "/" || session(again) != "" {
		t.Errorf("the second click: %d %s, a session %t", again.Status, again.Location, session(again) != "")
	}
	if a := ws.Get(t, "admin", opened.Location, ws.Owner); a.Status == http.StatusOK {
		t.Error("the owner's Coder login alone opens the admin")
	}
	if a := ws.Get(t, "admin", "/", lab.User(t, "bob")); a.Status != http.StatusNotFound {
		t.Errorf("somebody else got %d", a.Status)
	}
	_, token, _ := strings.Cut(click.Location, "=")
	if out := ws.Run(t, "cat", "/proc/self/environ"); strings.Contains(out, token) {
		t.Error("the token is in the environment of the workspace")
	}
}

// session is the admin's cookie in an answer, beside Coder's own.
func session(a coderlab.Answer) string {
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if strings.HasSuffix(c.Name, "slot_session") {
			return c.Name + "=" + c.Value
		}
	}
	return ""
}

// visit asks the admin as a browser that has the cookie.
func visit(t *testing.T, lab *coderlab.Lab, ws *coderlab.Workspace, path, cookie string) coderlab.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+ws.Host("admin")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	r.Header.Set("Coder-Session-Token", ws.Owner.Token)
	r.Header.Set("Accept", "text/html")
	a, err := lab.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// GitHub, which has no account here, reaches the webhook: what is signed is
// taken, what is not is refused.
func testWebhook(t *testing.T, lab *coderlab.Lab, ws *coderlab.Workspace) {
	var secrets struct {
		Secret string `json:"secret"`
	}
	if err := json.Unmarshal([]byte(ws.Run(t, "slot", "webhook", "secret", "--reveal", "--json")), &secrets); err != nil || secrets.Secret == "" {
		t.Fatalf("no secret: %v", err)
	}
	for secret, want := range map[string]int{secrets.Secret: http.StatusOK, "another": http.StatusUnauthorized} {
		body := `{"zen":"Speak like a human."}`
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+ws.Host("webhook")+"/webhook", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		r.Header.Set("X-GitHub-Event", "ping")
		r.Header.Set("X-GitHub-Delivery", "11111111-2222-3333-4444-"+hex.EncodeToString(mac.Sum(nil))[:12])
		r.Header.Set("Content-Type", "application/json")
		a, err := lab.Do(r)
		if err != nil || a.Status != want {
			t.Errorf("a delivery got %d %s %v, want %d", a.Status, a.Body, err, want)
		}
	}
}

// The agent's metadata is what slot reports.
func testMetadata(t *testing.T, ws *coderlab.Workspace) {
	coderlab.Poll(t, "the agent has asked slot", func() bool {
		v := ws.Metadata(t)
		return strings.HasPrefix(v["Slot A"], "live · app") && strings.HasPrefix(v["Slot E"], "empty") && v["Memory"] != ""
	})
}

// The two files that the machine hands over are the owner's alone, and slot
// told the startup log nothing of them.
func testSecrets(t *testing.T, ws *coderlab.Workspace) {
	for _, name := range []string{"admin-token", "coder-session"} {
		file := filepath.Join(ws.Machine(), "run", name)
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", name, info, err)
			continue
		}
		secret, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range ws.StartupLog(t) {
			if strings.Contains(line, string(secret)) {
				t.Errorf("%s is in the startup log", name)
			}
		}
	}
}
