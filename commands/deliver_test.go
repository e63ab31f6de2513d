package commands_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slot-paas/slot/supervisor/webhook"
)

// deliver STATUS HOST EVENT FILE [repo=DIR] [Header=value...] sends a file to
// the webhook as a host of repositories does, signed with the secret of the
// state folder. $AFTER and $BEFORE in it become the newest commits of the
// repository, $MESSAGE the newest message. A header given here takes the place
// of the host's own; an empty one is left out. The answer goes where "stdout"
// looks.
func deliver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: deliver status host event file [repo=dir] [header=value...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	words := map[string]string{}
	headers := http.Header{"Content-Type": {"application/json"}}
	var own [][2]string
	for _, a := range args[4:] {
		name, value, _ := strings.Cut(a, "=")
		if name == "repo" {
			words = commitsOf(ts, ts.MkAbs(value))
			continue
		}
		own = append(own, [2]string{name, value})
	}
	text := os.Expand(ts.ReadFile(args[3]), func(name string) string {
		if v, ok := words[name]; ok {
			return v
		}
		return ts.Getenv(name)
	})
	for name, value := range signature(args[1], args[2], secretOf(ts), []byte(text)) {
		headers.Set(name, value)
	}
	for _, o := range own {
		headers.Del(o[0])
		if o[1] != "" {
			headers.Set(o[0], o[1])
		}
	}
	req, err := http.NewRequest(http.MethodPost, ts.Getenv("WEBHOOK")+"/webhook", strings.NewReader(text))
	ts.Check(err)
	req.Header = headers
	res, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), string(body))
	if res.StatusCode != want {
		ts.Fatalf("the webhook answered %d, want %d: %s", res.StatusCode, want, body)
	}
}

// signature returns the headers that a host sends with a body.
func signature(host, event, secret string, body []byte) map[string]string {
	sum := strings.TrimPrefix(webhook.Sign(secret, body), "sha256=")
	id := hex.EncodeToString([]byte(sum)[:8])
	switch host {
	case "gitlab":
		return map[string]string{"X-Gitlab-Event": event, "X-Gitlab-Event-UUID": id, "X-Gitlab-Token": secret}
	case "gitea":
		return map[string]string{"X-Gitea-Event": event, "X-GitHub-Event": event, "X-Gitea-Delivery": id, "X-Gitea-Signature": sum}
	case "bitbucket":
		return map[string]string{"X-Event-Key": event, "X-Request-UUID": id, "X-Hub-Signature": "sha256=" + sum}
	}
	return map[string]string{"X-GitHub-Event": event, "X-GitHub-Delivery": id, "X-Hub-Signature-256": "sha256=" + sum}
}

func secretOf(ts *testscript.TestScript) string {
	data, err := os.ReadFile(filepath.Join(ts.Getenv("SLOT_HOME"), "secrets.json"))
	ts.Check(err)
	var all struct{ Webhook struct{ Secret string } }
	ts.Check(json.Unmarshal(data, &all))
	return all.Webhook.Secret
}

func commitsOf(ts *testscript.TestScript, dir string) map[string]string {
	git := func(args ...string) string {
		out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
		if err != nil {
			return strings.Repeat("0", 40)
		}
		return string(bytes.TrimSpace(out))
	}
	return map[string]string{"AFTER": git("rev-parse", "HEAD"), "BEFORE": git("rev-parse", "HEAD~1"), "MESSAGE": git("log", "-1", "--format=%s")}
}
