package webhook_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/webhook"
)

func TestReceive_AnswersAttacksWithTheirStatus(t *testing.T) {
	d := open(t)
	body := push()
	right := webhook.Sign(d.secret, []byte(body))
	old := hmac.New(sha1.New, []byte(d.secret))
	old.Write([]byte(body))
	sha1Signature := "sha1=" + hex.EncodeToString(old.Sum(nil))
	deep := strings.Repeat(`{"a":`, 1<<20) + "1" + strings.Repeat("}", 1<<20)
	torn := body[:len(body)/2]
	for _, tt := range []struct {
		name, body string
		headers    []string
		want       int
	}{
		{"no signature", body, []string{"X-Hub-Signature-256", ""}, 401},
		{"another secret", body, []string{"X-Hub-Signature-256", webhook.Sign("guess", []byte(body))}, 401},
		{"the empty secret", body, []string{"X-Hub-Signature-256", webhook.Sign("", []byte(body))}, 401},
		{"another body", body + " ", []string{"X-Hub-Signature-256", right}, 401},
		{"no prefix", body, []string{"X-Hub-Signature-256", strings.TrimPrefix(right, "sha256=")}, 401},
		{"upper case", body, []string{"X-Hub-Signature-256", "sha256=" + strings.ToUpper(right[7:])}, 401},
		{"half a signature", body, []string{"X-Hub-Signature-256", right[:30]}, 401},
		{"more after the signature", body, []string{"X-Hub-Signature-256", right + "00"}, 401},
		{"no hexadecimal digits", body, []string{"X-Hub-Signature-256", "sha256=" + strings.Repeat("zz", 32)}, 401},
		{"SHA-1 in the new header", body, []string{"X-Hub-Signature-256", sha1Signature}, 401},
		{"SHA-1 in the old header", body, []string{"X-Hub-Signature-256", "", "X-Hub-Signature", sha1Signature}, 401},
		{"a huge signature", body, []string{"X-Hub-Signature-256", "sha256=" + strings.Repeat("0", 64<<10)}, 401},
		{"GitLab's headers with GitHub's signature", body, []string{"X-Gitlab-Event", "Push Hook"}, 401},
		{"Gitea's headers with GitHub's signature", body, []string{"X-Gitea-Event", "push"}, 401},
		{"no event", body, []string{"X-GitHub-Event", ""}, 400},
		{"no content type", body, []string{"Content-Type", ""}, 415},
		{"text", body, []string{"Content-Type", "text/plain"}, 415},
		{"a broken content type", body, []string{"Content-Type", "application/json; ="}, 415},
		{"JSON called a form", body, []string{"Content-Type", "application/x-www-form-urlencoded"}, 400},
		{"a form without payload", "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 400},
		{"a form with two payloads", "payload={}&payload={}", []string{"Content-Type", "application/x-www-form-urlencoded"}, 400},
		{"a broken form", "payload=%zz", []string{"Content-Type", "application/x-www-form-urlencoded"}, 400},
		{"nothing", "", nil, 400},
		{"torn JSON", torn, nil, 400},
		{"a list", "[]", nil, 400},
		{"null", "null", nil, 400},
		{"a million levels", deep, nil, 400},
		{"fields of another type", push(set("ref", 7)), nil, 400},
		{"no branch", push(set("ref", "")), nil, 400},
		{"a ref that is an option", push(set("ref", "refs/--upload-pack=x")), nil, 400},
		{"a ref that leaves refs", push(set("ref", "refs/heads/../../x")), nil, 400},
		{"a commit that is an option", push(set("after", "--output=/etc/passwd")), nil, 400},
		{"half a commit", push(set("after", "2222222")), nil, 400},
		{"no repository", push(set("repository", map[string]any{})), nil, 400},
		{"a name of a megabyte", push(set("repository", map[string]any{"full_name": strings.Repeat("a/", 1<<19)})), nil, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := d.github(t, "push", tt.body, tt.headers...)
			if got.status != tt.want || got.Error == "" {
				t.Errorf("answered %d: %s", got.status, got)
			}
			if strings.Contains(got.Error, d.secret[:8]) {
				t.Errorf("the answer tells of the secret: %s", got.Error)
			}
		})
	}
	if d.asked.Load() != 0 || len(d.store.Deliveries(0)) != 0 {
		t.Errorf("%d deployments and %d records came of it", d.asked.Load(), len(d.store.Deliveries(0)))
	}
	sum := int64(0)
	for _, r := range d.Refusals() {
		sum += r.Count
	}
	if sum != 35 {
		t.Errorf("%d refusals are counted: %+v", sum, d.Refusals())
	}
}

func TestReceive_TakesOnlyPostAndOnlyItsPaths(t *testing.T) {
	d := open(t)
	for _, method := range []string{"GET", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		for _, path := range []string{"/webhook", "/webhook/a"} {
			if got := d.send(t, method, path, "", nil); got.status != 405 || got.header.Get("Allow") != "POST" {
				t.Errorf("%s %s answered %d, Allow %q", method, path, got.status, got.header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{"/", "/webhook/", "/webhook/a/b", "/slots.json", "/v1/status"} {
		res, err := http.Post(d.url+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 404 {
			t.Errorf("%s answered %d", path, res.StatusCode)
		}
	}
}

func TestReceive_RefusesWhatIsTooLarge(t *testing.T) {
	d := open(t)
	body := `{"ref":"` + strings.Repeat("x", 25<<20) + `"}`
	if got := d.github(t, "push", body); got.status != 413 {
		t.Errorf("answered %d: %s", got.status, got)
	}
	// Without a declared length it is found out by reading.
	req, err := http.NewRequest("POST", d.url+"/webhook", io.MultiReader(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GitHub-Event", "push")
	req.Header.Set("X-Hub-Signature-256", webhook.Sign(d.secret, []byte(body)))
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		res.Body.Close()
		if res.StatusCode != 413 {
			t.Errorf("a stream answered %d", res.StatusCode)
		}
	} // else the connection was closed in the middle of it, which is as good
	// The largest that GitHub sends is taken.
	fill := strings.Repeat("x", 25<<20-len(push(set("fill", ""))))
	if got := d.github(t, "push", push(set("fill", fill))); got.status != 202 {
		t.Errorf("25 MB answered %d: %s", got.status, got)
	}
}

// slowly opens connections that begin a request and then say nothing.
func slowly(t *testing.T, d *door, n int, request string) []net.Conn {
	t.Helper()
	u, err := url.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	var all []net.Conn
	for range n {
		c, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_, _ = io.WriteString(c, request) // it may be cut already
		all = append(all, c)
	}
	return all
}

func TestReceive_CutsSlowBodiesAndServesOthersMeanwhile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	d := open(t)
	head := "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=" +
		strings.Repeat("0", 64) + "\r\nContent-Length: 20000000\r\n\r\n{"
	before := memory()
	conns := slowly(t, d, 200, head)
	if got := d.github(t, "push", push()); got.status != 202 {
		t.Errorf("a push meanwhile answered %d: %s", got.status, got)
	}
	if grown := memory() - before; grown > 40<<20 {
		t.Errorf("200 promised bodies of 20 MB hold %d MiB", grown>>20)
	}
	deadline := time.Now().Add(20 * time.Second)
	for _, c := range conns {
		c.SetReadDeadline(deadline)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("a slow body is not cut: %v", err)
		}
		res.Body.Close()
		if res.StatusCode != 408 {
			t.Fatalf("a slow body got %d", res.StatusCode)
		}
	}
}

func TestReceive_SlowCallersDoNotLockOthersOut(t *testing.T) {
	d := open(t)
	head := "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=" +
		strings.Repeat("0", 64) + "\r\nContent-Length: 24000000\r\n\r\n{"
	slowly(t, d, 300, head)                           // more than are read at once
	slowly(t, d, 3, head+strings.Repeat("x", 20<<20)) // and nearly all memory
	body := push(set("fill", strings.Repeat("x", 1<<20)))
	for deadline := time.Now().Add(5 * time.Second); ; { // in the first moments none of them is old enough to go
		got := d.github(t, "push", body)
		if got.status == 202 {
			return
		}
		if got.status != 503 || got.header.Get("Retry-After") == "" || time.Now().After(deadline) {
			t.Fatalf("answered %d: %s", got.status, got)
		}
	}
}

func TestReceive_AFloodOfForgeriesCostsNextToNothing(t *testing.T) {
	d := open(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100 {
				if got := d.github(t, "push", push(), "X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64)); got.status != 401 {
					t.Errorf("answered %d", got.status)
				}
			}
		})
	}
	wg.Wait()
	if got := d.github(t, "push", push()); got.status != 202 {
		t.Errorf("the real one answered %d: %s", got.status, got)
	}
	if n := len(d.store.Deliveries(0)); n != 1 {
		t.Errorf("%d deliveries are written down", n)
	}
	if all := d.Refusals(); len(all) != 1 || all[0].Count != 1600 || all[0].Status != 401 {
		t.Errorf("refused: %+v", all)
	}
}

func TestReceive_ACapturedCallIsWorthNothing(t *testing.T) {
	d := open(t)
	body := push()
	if got := d.github(t, "push", body, "X-GitHub-Delivery", "one"); got.status != 202 {
		t.Fatalf("answered %d", got.status)
	}
	// The id is not signed: a captured call may bear another.
	for _, id := range []string{"one", "two", ""} {
		got := d.github(t, "push", body, "X-GitHub-Delivery", id)
		if got.status != 200 || got.Decisions[0].Verdict != slot.VerdictDuplicate || got.Decisions[0].Deployment != 1 {
			t.Errorf("again as %q: %d %s", id, got.status, got)
		}
	}
	if n := d.asked.Load(); n != 2 { // slots a and b
		t.Errorf("%d deployments were asked for", n)
	}
}

func TestReceive_ShowsNothingOfATerminalsLanguage(t *testing.T) {
	d := open(t)
	d.github(t, "push", push(
		set("head_commit", map[string]any{"message": "Hi\x1b[2J\u202e\a" + strings.Repeat("ü", 500), "author": map[string]any{"name": "A\nda"}}),
		set("pusher", map[string]any{"name": strings.Repeat("p", 1<<16)})), "X-GitHub-Delivery", "1\t2")
	p := d.store.Deliveries(1)[0].Pushes[0]
	if bytes.ContainsAny([]byte(p.Subject+p.Author), "\x1b\a\n") || len(p.Subject) > 500 || len(p.Pusher) > 120 {
		t.Errorf("recorded %q by %q, pusher of %d bytes", p.Subject, p.Author, len(p.Pusher))
	}
}

func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

func TestToken_DeploysItsOwnSlotOnly(t *testing.T) {
	d := open(t)
	token := func(n slot.Name) map[string]string {
		return map[string]string{"Authorization": "Bearer " + webhook.Token(d.secret, n)}
	}
	for _, tt := range []struct {
		path    string
		headers map[string]string
		want    int
	}{
		{"/webhook/a", token("a"), 202},
		{"/webhook/A", token("a"), 202},
		{"/webhook/a", token("b"), 401},
		{"/webhook/f", token("a"), 401},
		{"/webhook/f", token("f"), 401},
		{"/webhook/f", token(""), 401},
		{"/webhook/a", nil, 401},
		{"/webhook/a", map[string]string{"Authorization": "Bearer " + d.secret}, 401},
		{"/webhook/a", map[string]string{"Authorization": "Bearer " + d.store.Token()}, 401},
		{"/webhook/a", map[string]string{"Authorization": "Basic " + webhook.Token(d.secret, "a")}, 401},
		{"/webhook/a?token=" + webhook.Token(d.secret, "a"), nil, 401},
	} {
		t.Run(fmt.Sprint(tt.path, tt.want), func(t *testing.T) {
			if got := d.send(t, "POST", tt.path, "", tt.headers); got.status != tt.want {
				t.Errorf("answered %d: %s", got.status, got)
			}
		})
	}
}

// GitLab and others do not say when a branch was pushed to: one that went
// forth, back and forth again says the same twice.
func TestReceive_TakesThePushOfABranchThatCameBack(t *testing.T) {
	d := open(t)
	forth, back := push(), push(set("before", two), set("after", one), set("forced", true))
	for i, body := range []string{forth, back, forth, back} {
		if got := d.github(t, "push", body); got.status != 202 || got.Decisions[0].Verdict != slot.VerdictDeploy {
			t.Errorf("push %d: %d %s", i+1, got.status, got)
		}
	}
	if got := d.github(t, "push", back); got.Decisions[0].Verdict != slot.VerdictDuplicate {
		t.Errorf("the last one again: %s", got)
	}
}
