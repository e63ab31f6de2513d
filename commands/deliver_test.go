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
	"sync"
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
	status, body, err := readCall(ts, args[1:]).send("")
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), body)
	if status != want {
		ts.Fatalf("the webhook answered %d, want %d: %s", status, want, body)
	}
}

// burst N HOST EVENT FILE [repo=DIR] sends a file N times, sixteen at once;
// $N in it is the number of the call. All must be accepted.
func burst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: burst n host event file [repo=dir]")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	c := readCall(ts, args[1:])
	numbers, failed := make(chan int), make(chan string, n)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := range numbers {
				if status, body, err := c.send(strconv.Itoa(i)); err != nil || status != http.StatusAccepted {
					failed <- fmt.Sprint(status, body, err)
				}
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	wg.Wait()
	if len(failed) > 0 {
		ts.Fatalf("%d of %d calls were not accepted: %s", len(failed), n, <-failed)
	}
}

// call is what a host sends.
type call struct {
	url, host, event, secret, text string
	words                          map[string]string
	own                            [][2]string // headers
}

func readCall(ts *testscript.TestScript, args []string) call {
	c := call{url: ts.Getenv("WEBHOOK") + "/webhook", host: args[0], event: args[1], secret: secretOf(ts), text: ts.ReadFile(args[2])}
	for _, a := range args[3:] {
		name, value, _ := strings.Cut(a, "=")
		if name == "repo" {
			c.words = commitsOf(ts, ts.MkAbs(value))
			continue
		}
		c.own = append(c.own, [2]string{name, value})
	}
	return c
}

func (c call) send(number string) (status int, answer string, err error) {
	text := os.Expand(c.text, func(name string) string {
		if name == "N" {
			return number
		}
		return c.words[name]
	})
	req, err := http.NewRequest(http.MethodPost, c.url, strings.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range signature(c.host, c.event, c.secret, []byte(text)) {
		req.Header.Set(name, value)
	}
	for _, o := range c.own {
		req.Header.Del(o[0])
		if o[1] != "" {
			req.Header.Set(o[0], o[1])
		}
	}
	res, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
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
