package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/webhook"
)

// call sends without a connection, which is quicker.
func (d *door) call(body string, headers map[string]string) (status int) {
	req := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	return w.Code
}

// sound checks what must hold of any record that a signed body can lead to.
func (d *door) sound(t *testing.T) {
	for _, rec := range d.store.Deliveries(1) {
		for _, p := range rec.Pushes {
			if name, ok := strings.CutPrefix(p.Ref, "refs/"); !ok || slot.ValidateRef(name) != nil {
				t.Errorf("the ref %q was accepted", p.Ref)
			}
			if strings.ContainsAny(p.Repository+p.Subject+p.Author+p.Pusher+rec.ID+rec.Event, "\x00\x1b\n\r") {
				t.Errorf("recorded %+v", rec)
			}
			if (p.After == "") != p.Deleted || strings.HasPrefix(p.After, "-") {
				t.Errorf("the commit %q, deleted %v", p.After, p.Deleted)
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	for host, bodies := range map[int][]string{
		0: {push(), push(set("deleted", true), set("after", zeros)), `{"zen":"x"}`, "null", "[]", `{"ref":`, `{"repository":{"full_name":"\u0000\u001b"}}`},
		1: {gitlabPush}, 2: {giteaPush}, 3: {bitbucketPush}, 4: {bitbucketServerPush},
	} {
		for _, body := range bodies {
			f.Add(host, body, false)
			f.Add(host, url.Values{"payload": {body}}.Encode(), true)
		}
	}
	d := open(f)
	f.Fuzz(func(t *testing.T, host int, body string, form bool) {
		signature := webhook.Sign(d.secret, []byte(body))
		bare := strings.TrimPrefix(signature, "sha256=")
		headers := []map[string]string{
			{"X-GitHub-Event": "push", "X-Hub-Signature-256": signature},
			{"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": d.secret},
			{"X-Gitea-Event": "push", "X-Gitea-Signature": bare},
			{"X-Event-Key": "repo:push", "X-Hub-Signature": signature},
			{"X-Event-Key": "repo:refs_changed", "X-Hub-Signature": signature},
		}[max(host, -host, 0)%5]
		headers["Content-Type"] = "application/json"
		if form {
			headers["Content-Type"] = "application/x-www-form-urlencoded"
		}
		switch status := d.call(body, headers); status {
		case 200, 202:
			d.sound(t)
		case 400:
		default:
			t.Errorf("a signed body was answered %d", status)
		}
	})
}

func FuzzSignature(f *testing.F) {
	d := open(f)
	body := push()
	right := webhook.Sign(d.secret, []byte(body))
	for _, s := range []string{"", "sha256=", right[:70], strings.ToUpper(right), "sha1=" + right, right + " ", "sha256=" + strings.Repeat("0", 64), "v1,AAAA"} {
		for _, name := range []string{"X-Hub-Signature-256", "X-Hub-Signature", "X-Gitea-Signature", "X-Gitlab-Token", "webhook-signature"} {
			f.Add(name, s, "X-GitHub-Event")
			f.Add(name, s, "X-Gitlab-Event")
		}
	}
	f.Fuzz(func(t *testing.T, name, value, event string) {
		if value == right || strings.Contains(value, d.secret) {
			t.Skip("somebody guessed it")
		}
		headers := map[string]string{"Content-Type": "application/json", event: "push", name: value, "webhook-id": "1", "webhook-timestamp": "1"}
		if status := d.call(body, headers); status != 401 && status != 400 && status != 415 {
			t.Errorf("%s: %q with %s was answered %d", name, value, event, status)
		}
		if d.asked.Load() != 0 {
			t.Fatal("it deployed")
		}
	})
}
