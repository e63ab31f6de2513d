package image

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// languages is an image that has what the languages' own images have, and
// Caddy. Its layer stays as long as the base does.
const languages = `ARG BASE
FROM ${BASE}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
 bash ca-certificates caddy golang-go nodejs npm python3 python3-venv wget && rm -rf /var/lib/apt/lists/*
`

// TestExport_RunsWithoutSlot deploys examples, writes their Dockerfiles, builds
// those and asks the containers what the slots were asked.
func TestExport_RunsWithoutSlot(t *testing.T) {
	base := os.Getenv("SLOT_TEST_BASE")
	if base == "" {
		t.Skip("SLOT_TEST_BASE names no image: .ci/image makes one and runs this")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "languages", "Dockerfile"), languages)
	const image = "localhost/slot-languages:test"
	buildahBuild(t, filepath.Join(dir, "languages"), image, "BASE="+base)

	slot := slotOnPorts(t, dir)
	for _, a := range []struct {
		slot, example, setting string
		look                   func(*testing.T, *exported)
	}{
		{"a", "express", "a.persist=uploads/", func(t *testing.T, x *exported) {
			x.answers("/", 200, "Hello from Express")
			x.answers("/healthz", 200, `"ok":true`)
			x.run("sh", "-c", "echo kept > uploads/file && grep -q kept /data/uploads/file")
		}},
		{"b", "flask", "b.health_check.path=/", func(t *testing.T, x *exported) { x.answers("/", 200, "Flask") }},
		{"c", "go-api", "c.branch=", func(t *testing.T, x *exported) { x.answers("/", 200, "") }},
		{"d", "static", "d.branch=", func(t *testing.T, x *exported) {
			x.answers("/", 200, "<html")
			x.answers("/nothing/here", 404, "<html") // the site's own page
			x.answers("/.hidden", 404, "")
			x.answers("/Dockerfile", 404, "")
		}},
		{"e", "static", "e.spa=true", func(t *testing.T, x *exported) { x.answers("/any/route", 200, "<html") }},
	} {
		t.Run(a.example+" "+a.slot, func(t *testing.T) {
			app := filepath.Join(dir, a.slot)
			output(t, "cp", "-r", "../../examples/"+a.example, app)
			write(t, filepath.Join(app, ".hidden"), "not for visitors")
			slot("config", "set", a.setting)
			slot("env", "set", a.slot, "API_KEY=hunter2hunter2")
			slot("deploy", a.slot, app)
			slot("export", a.slot, "--output", app, "--with-secrets")

			tag := "localhost/slot-exported-" + a.slot + ":test"
			buildahBuild(t, app, tag, "BUILD_IMAGE="+image, "RUN_IMAGE="+image)
			x := startExported(t, tag)
			a.look(t, x)
			until(t, time.Minute, "the health check", func() error { return x.command(x.config.Healthcheck.Test[1:]...).Run() })
			if text := x.run("sh", "-c", "env; grep -rl hunter2hunter2 /app /srv /etc/caddy 2>/dev/null || true"); strings.Contains(text, "hunter2") || strings.Contains(text, ".env") {
				t.Errorf("a secret is in the image: %s", text)
			}
			if user := strings.TrimSpace(x.run("id", "-u")); user != "1000" {
				t.Errorf("it runs as user %s, want 1000", user)
			}
		})
	}
}

// slotOnPorts builds slot, starts it with a state folder of its own and
// returns it as a function.
func slotOnPorts(t *testing.T, dir string) func(args ...string) {
	t.Helper()
	program := filepath.Join(dir, "slot")
	output(t, "go", "build", "-o", program, "../../cmd/slot")
	port := freePorts(t)
	env := append(os.Environ(), "SLOT_HOME="+filepath.Join(dir, "home"), fmt.Sprintf("SLOT_BASE_PORT=%d", port),
		fmt.Sprintf("SLOT_ADMIN_PORT=%d", port+5), fmt.Sprintf("SLOT_WEBHOOK_PORT=%d", port+6))
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("slot %v: %v\n%s", args, err, out)
		}
	}
	t.Cleanup(func() { run("down") })
	run("up")
	return run
}

func buildahBuild(t *testing.T, context, tag string, args ...string) {
	t.Helper()
	words := []string{"build", "--format", "docker", "--isolation", "chroot", "--layers", "--tag", tag}
	for _, a := range args {
		words = append(words, "--build-arg", a)
	}
	if out, err := exec.Command("buildah", append(words, context)...).CombinedOutput(); err != nil {
		t.Fatalf("buildah build %s: %v\n%s", tag, err, out)
	}
}

// imageConfig is what an image says of how it is run.
type imageConfig struct {
	Cmd         []string
	Env         []string
	User        string
	Healthcheck struct{ Test []string }
}

// exported is a container of an exported app.
type exported struct {
	t      *testing.T
	id     string
	port   int
	config imageConfig
}

// startExported runs what the image says, on a free port: the container has
// the machine's network.
func startExported(t *testing.T, image string) *exported {
	t.Helper()
	var inspected struct {
		Docker struct {
			Config imageConfig `json:"config"`
		}
	}
	if err := json.Unmarshal([]byte(output(t, "buildah", "inspect", "--type", "image", image)), &inspected); err != nil {
		t.Fatal(err)
	}
	x := &exported{t: t, port: freePorts(t) + 9, config: inspected.Docker.Config}
	x.id = strings.TrimSpace(output(t, "buildah", "from", image))
	t.Cleanup(func() { output(t, "buildah", "rm", x.id); output(t, "buildah", "rmi", image) })
	output(t, "buildah", "config", "--env", fmt.Sprintf("PORT=%d", x.port), x.id)
	cmd := x.command(x.config.Cmd...)
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // before the container goes: the last comes first
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("%s wrote:\n%s", image, log)
		}
	})
	return x
}

// command prepares a command in the container, in a process group of its own.
func (x *exported) command(args ...string) *exec.Cmd {
	cmd := exec.Command("buildah", append([]string{"run", "--isolation", "chroot", x.id, "--"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (x *exported) run(args ...string) string {
	x.t.Helper()
	out, err := x.command(args...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (x *exported) answers(path string, status int, text string) {
	x.t.Helper()
	until(x.t, 2*time.Minute, "an answer to "+path, func() error {
		res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", x.port, path))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != status || !strings.Contains(string(body), text) {
			return fmt.Errorf("%v: status %d, want %d: %.300s", err, res.StatusCode, status, body)
		}
		return nil
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
