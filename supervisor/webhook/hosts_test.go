package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/webhook"
)

// The payloads have the shape of each host's documentation, with the fields
// that are read and some that are not.
const (
	gitlabPush = `{"object_kind":"push","event_name":"push","before":"` + one + `","after":"` + two + `","ref":"refs/heads/main","checkout_sha":"` + two + `",
 "user_name":"Ada","user_username":"ada","project":{"id":15,"name":"App","web_url":"https://git.example.com/me/app","path_with_namespace":"me/app","default_branch":"main"},
 "commits":[{"id":"` + one + `","message":"older [skip ci]","author":{"name":"Bob"}},{"id":"` + two + `","message":"Fix the header\n\nlong","title":"Fix the header","author":{"name":"Ada","email":"a@example.com"}}],"total_commits_count":2}`
	giteaPush = `{"ref":"refs/heads/main","before":"` + one + `","after":"` + two + `","compare_url":"https://git.example.com/me/app/compare/1..2",
 "commits":[],"head_commit":{"id":"` + two + `","message":"Fix the header","author":{"name":"Ada","username":"ada"}},
 "repository":{"id":1,"full_name":"me/app","html_url":"https://git.example.com/me/app","default_branch":"main"},"pusher":{"id":1,"login":"ada"},"sender":{"login":"ada"}}`
	bitbucketPush = `{"actor":{"type":"user","display_name":"Ada"},"repository":{"type":"repository","full_name":"me/app","links":{"html":{"href":"https://git.example.com/me/app"}}},
 "push":{"changes":[
  {"new":{"type":"tag","name":"v1","target":{"hash":"` + two + `"}},"old":null,"created":true},
  {"new":{"type":"branch","name":"main","target":{"hash":"` + two + `","message":"Fix the header\n","author":{"raw":"Ada <a@example.com>"}}},
   "old":{"type":"branch","name":"main","target":{"hash":"` + one + `"}},"created":false,"closed":false,"forced":false}]}}`
	bitbucketServerPush = `{"eventKey":"repo:refs_changed","actor":{"name":"ada","displayName":"Ada"},
 "repository":{"slug":"app","id":84,"project":{"key":"ME","name":"Mine"},"links":{"self":[{"href":"https://git.example.com/projects/ME/repos/app/browse"}]}},
 "changes":[{"ref":{"id":"refs/heads/main","displayId":"main","type":"BRANCH"},"refId":"refs/heads/main","fromHash":"` + one + `","toHash":"` + two + `","type":"UPDATE"}]}`
)

func digest(secret string, parts ...string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, p := range parts {
		mac.Write([]byte(p))
	}
	return mac.Sum(nil)
}

func standard(secret, id, body string, at time.Time) map[string]string {
	unix := fmt.Sprint(at.Unix())
	return map[string]string{
		"Content-Type": "application/json", "X-Gitlab-Event": "Push Hook", "webhook-id": id, "webhook-timestamp": unix,
		"webhook-signature": "v1," + base64.StdEncoding.EncodeToString(digest(secret, id, ".", unix, ".", body)),
	}
}

func with(headers map[string]string, own ...string) map[string]string {
	for i := 0; i < len(own); i += 2 {
		headers[own[i]] = own[i+1]
	}
	return headers
}

func TestHosts_EachSignsInItsWay(t *testing.T) {
	d := open(t)
	if err := d.store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Repository: "https://git.example.com/me/app", Branch: "main"}
		c.Slots["b"] = slot.SlotConfig{}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	hexDigest := func(body string) string { return fmt.Sprintf("%x", digest(d.secret, body)) }
	gitlabToken := func(token string) map[string]string {
		return map[string]string{"Content-Type": "application/json", "X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": token}
	}
	gitea := func(own ...string) map[string]string {
		return with(map[string]string{"Content-Type": "application/json", "X-Gitea-Event": "push", "X-GitHub-Event": "push",
			"X-Gitea-Signature": hexDigest(giteaPush), "X-Hub-Signature-256": "sha256=" + hexDigest(giteaPush)}, own...)
	}
	bitbucket := func(event, body string) map[string]string {
		return map[string]string{"Content-Type": "application/json", "X-Event-Key": event, "X-Hub-Signature": "sha256=" + hexDigest(body)}
	}
	now := time.Now()
	for _, tt := range []struct {
		name, body string
		headers    map[string]string
		status     int
		source     string
	}{
		{"GitLab, secret token", gitlabPush, gitlabToken(d.secret), 202, "gitlab"},
		{"GitLab, another token", gitlabPush, gitlabToken(strings.Repeat("0", 64)), 401, ""},
		{"GitLab, no token", gitlabPush, gitlabToken(""), 401, ""},
		{"GitLab, signing token", gitlabPush, standard(d.secret, "id-1", gitlabPush, now), 202, "gitlab"},
		{"GitLab, two signatures", gitlabPush, func() map[string]string {
			h := standard(d.secret, "id-2", gitlabPush, now)
			h["webhook-signature"] = "v1,AAAA v2,xx " + h["webhook-signature"]
			return h
		}(), 202, "gitlab"},
		{"GitLab, signed an hour ago", gitlabPush, standard(d.secret, "id-3", gitlabPush, now.Add(-time.Hour)), 401, ""},
		{"GitLab, signed in an hour", gitlabPush, standard(d.secret, "id-3", gitlabPush, now.Add(time.Hour)), 401, ""},
		{"GitLab, another id than signed", gitlabPush, with(standard(d.secret, "id-3", gitlabPush, now), "webhook-id", "id-4"), 401, ""},
		{"GitLab, a right token beside a wrong signature", gitlabPush, with(standard("x", "id-3", gitlabPush, now), "X-Gitlab-Token", d.secret), 401, ""},
		{"GitLab, no time", gitlabPush, with(standard(d.secret, "id-3", gitlabPush, now), "webhook-timestamp", ""), 401, ""},
		{"Gitea", giteaPush, gitea(), 202, "gitea"},
		{"Forgejo", giteaPush, gitea("X-Forgejo-Signature", hexDigest(giteaPush), "X-Gitea-Signature", ""), 202, "gitea"},
		{"a wrong Forgejo signature beside a right one of Gitea", giteaPush, gitea("X-Forgejo-Signature", hexDigest("x")), 401, ""},
		{"Gitea, with GitHub's prefix", giteaPush, gitea("X-Gitea-Signature", "sha256="+hexDigest(giteaPush)), 401, ""},
		{"Gitea, only GitHub's signature", giteaPush, gitea("X-Gitea-Signature", ""), 401, ""},
		{"Bitbucket", bitbucketPush, bitbucket("repo:push", bitbucketPush), 202, "bitbucket"},
		{"Bitbucket, unsigned", bitbucketPush, with(bitbucket("repo:push", bitbucketPush), "X-Hub-Signature", ""), 401, ""},
		{"Bitbucket Data Center", bitbucketServerPush, bitbucket("repo:refs_changed", bitbucketServerPush), 202, "bitbucket"},
		{"Bitbucket, no changes", `{"push":{"changes":[]}}`, bitbucket("repo:push", `{"push":{"changes":[]}}`), 400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := d.send(t, "POST", "/webhook", tt.body, tt.headers)
			if got.status != tt.status {
				t.Fatalf("answered %d: %s", got.status, got)
			}
			if tt.status != 202 {
				return
			}
			rec := d.store.Deliveries(1)[0]
			p := rec.Pushes[len(rec.Pushes)-1]
			if rec.Source != tt.source || rec.ID == "" || !strings.EqualFold(p.Repository, "me/app") || p.Ref != "refs/heads/main" || p.After != two || p.Before != one || p.Pusher == "" {
				t.Errorf("recorded %+v", rec)
			}
			if tt.source != "bitbucket" && (p.Subject != "Fix the header" || p.Author != "Ada") {
				t.Errorf("the commit is %q by %q", p.Subject, p.Author)
			}
			if v := got.Decisions[0].Verdict; len(got.Decisions) != 1 || v != slot.VerdictDeploy {
				t.Errorf("decided %s", got)
			}
			was, _ := d.store.Deployment(got.Decisions[0].Deployment)
			was.State = slot.DeploymentFailed // so that the next of the same body is not a repetition
			if err := d.store.SaveDeployment(was); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestSigningToken_IsWhatStandardWebhooksDecode(t *testing.T) {
	secret := strings.Repeat("ab", 32)
	text, ok := strings.CutPrefix(webhook.SigningToken(secret), "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || string(key) != secret {
		t.Errorf("%q gives %q, %v", webhook.SigningToken(secret), key, err)
	}
}

func TestReceive_TakesFormsAsGitHubSendsThem(t *testing.T) {
	d := open(t)
	body := url.Values{"payload": {push()}}.Encode()
	if got := d.github(t, "push", body, "Content-Type", "application/x-www-form-urlencoded"); got.status != 202 {
		t.Errorf("answered %d: %s", got.status, got)
	}
	if got := d.github(t, "push", push(), "Content-Type", "application/json; charset=utf-8"); got.status != 202 {
		t.Errorf("with a charset: %d: %s", got.status, got)
	}
}
