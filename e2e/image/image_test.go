package image

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// workspace starts the image as a container engine would, with its own command,
// on free ports and an empty home volume of its user's.
func workspace(t *testing.T) (c *container, base int) {
	t.Helper()
	image := os.Getenv("SLOT_TEST_IMAGE")
	if image == "" {
		t.Skip("SLOT_TEST_IMAGE names no image: .ci/image builds one and runs this")
	}
	dir := t.TempDir()
	volume := filepath.Join(dir, "home")
	if err := os.Mkdir(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(volume, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	base = freePorts(t)
	env := append(imageEnv(t, image), "HOME=/home/coder",
		fmt.Sprintf("SLOT_BASE_PORT=%d", base), fmt.Sprintf("SLOT_ADMIN_PORT=%d", base+5), fmt.Sprintf("SLOT_WEBHOOK_PORT=%d", base+6),
		fmt.Sprintf("SLOT_POSTGRES_PORT=%d", base+7), fmt.Sprintf("SLOT_PGADMIN_PORT=%d", base+8))
	return &container{t: t, root: rootfs(t, image), env: env, volume: volume, out: filepath.Join(dir, "out")}, base
}

// freePorts returns the first of ten free ports, below those that Linux gives out.
func freePorts(t *testing.T) int {
	t.Helper()
	for base := 31000 + os.Getpid()%100*10; base < 32700; base += 10 {
		free := true
		for p := base; p < base+10 && free; p++ {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
			if free = err == nil; free {
				l.Close()
			}
		}
		if free {
			return base
		}
	}
	t.Fatal("no ten free ports between 31000 and 32700")
	return 0
}

// TestImage_ComesBackOnItsVolume is the story of a workspace: from an empty
// home to an app with a database, then twice the loss of the machine.
func TestImage_ComesBackOnItsVolume(t *testing.T) {
	c, base := workspace(t)
	at := func(i int, path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", base+i, path) }

	started := time.Now()
	c.start(imageCommand(t)...)
	defer c.kill()
	everythingAnswers(t, c, at)
	t.Logf("from an empty volume to five slots, admin, PostgreSQL and pgAdmin: %v", time.Since(started).Round(100*time.Millisecond))
	wantPrograms(c)

	c.put("../../examples/todo", "todo")
	c.run("slot", "deploy", "a", "todo")
	post(t, at(0, "/add"), url.Values{"text": {"Buy milk"}})
	live := status(c)[0]
	opensPgAdmin(c)

	for loss := range 2 {
		c.kill()
		started := time.Now()
		c.start(imageCommand(t)...)
		until(t, time.Minute, "the app with its row", func() error {
			if body, err := get(at(0, "/")); err != nil || !strings.Contains(body, "Buy milk") {
				return fmt.Errorf("%v: %.200s", err, body)
			}
			return nil
		})
		t.Logf("after loss %d: the app answers with its row again after %v", loss+1, time.Since(started).Round(100*time.Millisecond))
		everythingAnswers(t, c, at)
		if now := status(c)[0]; now.Release != live.Release {
			t.Errorf("release %d is live, want %d as before", now.Release, live.Release)
		}
	}
	var history []slot.Deployment
	if err := json.Unmarshal([]byte(c.run("slot", "history", "a", "--json")), &history); err != nil {
		t.Fatal(err)
	}
	builds := 0
	for _, d := range history {
		if slices.ContainsFunc(d.Steps, func(s slot.Step) bool { return s.Name == slot.StepBuild }) {
			builds++
		}
	}
	if builds != 1 {
		t.Errorf("%d deployments built something, want the first alone", builds)
	}
}

// everythingAnswers waits for all that a workspace has.
func everythingAnswers(t *testing.T, c *container, at func(int, string) string) {
	t.Helper()
	for i := range slot.Names() {
		answers(t, at(i, "/"))
	}
	answers(t, at(5, "/"))
	until(t, 2*time.Minute, "PostgreSQL", func() error {
		b, err := c.command(t.Context(), "slot", "db", "psql", "a", "--", "-Atc", "select 40+2").CombinedOutput()
		if err != nil || strings.TrimSpace(string(b)) != "42" {
			return fmt.Errorf("%v: %s", err, b)
		}
		return nil
	})
	until(t, 3*time.Minute, "pgAdmin", func() error { _, err := get(at(8, "/misc/ping")); return err })
}

// opensPgAdmin goes there in a real browser, as a person does; the pictures are
// in e2e/out/image.
func opensPgAdmin(c *container) {
	c.t.Helper()
	out, err := filepath.Abs("../out/image")
	if err == nil {
		err = os.MkdirAll(out, 0o755)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	output(c.t, "node", "pgadmin.mjs", strings.TrimSpace(c.run("slot", "open", "admin", "--print")), out)
}

// answers waits for any answer but a server's error.
func answers(t *testing.T, address string) {
	t.Helper()
	until(t, time.Minute, address, func() error { _, err := get(address); return err })
}

// wantPrograms looks for what the image promises.
func wantPrograms(c *container) {
	c.t.Helper()
	for _, line := range []string{"git --version", "node --version", "npm --version", "python3 -m venv /tmp/v", "go version", "psql --version", "slot-coder version"} {
		c.run("sh", "-c", line)
	}
	for _, file := range []string{"/usr/share/bash-completion/completions/slot", "/usr/local/share/zsh/site-functions/_slot"} {
		c.run("test", "-s", file)
	}
}

func status(c *container) (all []slot.Status) {
	c.t.Helper()
	if err := json.Unmarshal([]byte(c.run("slot", "status", "--json")), &all); err != nil {
		c.t.Fatal(err)
	}
	return all
}

var client = &http.Client{Timeout: 10 * time.Second}

// get wants an answer below 500.
func get(address string) (string, error) {
	resp, err := client.Get(address)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode >= 500 {
		err = fmt.Errorf("%s: %s", address, resp.Status)
	}
	return string(b), err
}

func post(t *testing.T, address string, form url.Values) {
	t.Helper()
	resp, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 400 {
		t.Fatalf("POST %s: %s", address, resp.Status)
	}
}
