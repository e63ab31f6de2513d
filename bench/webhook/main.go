// Command webhook measures the door for pushes of the real program: valid
// pushes and forged ones a second, how long they wait for an answer, and what
// the daemon holds in memory at most.
//
//	go run ./bench/webhook -slot ./bin/slot -time 5s
//
// Figures are printed, never judged: machines differ. It exits with 1 when a
// call got another status than it should.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/supervisor/webhook"
)

func main() {
	os.Exit(run())
}

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	port := flag.Int("port", 32500, "first of the ports")
	took := flag.Duration("time", 5*time.Second, "how long each kind of call is sent")
	flag.Parse()

	fmt.Print("## The webhook\n\n16 callers at once send pushes of 8 KiB, each with a signature of its own. A valid one is answered when it is on disk; a\n" +
		"deployment runs meanwhile. Peak MiB is the daemon's resident memory.\n\n" +
		"| Calls | a second | p50 ms | p99 ms | other status | peak MiB |\n|---|---|---|---|---|---|\n")
	r, err := start(*program, *port)
	if err != nil {
		fmt.Fprintln(os.Stderr, "webhook:", err)
		return 1
	}
	defer r.stop()
	wrong := r.measure(*took)
	fmt.Println()
	if wrong > 0 {
		return 1
	}
	return 0
}

// receiver is a slot that runs.
type receiver struct {
	url, secret string
	pid         int // of the daemon
	stop        func()
}

func start(program string, port int) (*receiver, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "slot-bench-")
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(), "SLOT_HOME="+filepath.Join(dir, "state"), "SLOT_DATA="+filepath.Join(dir, "data"), "SLOT_BASE_PORT="+strconv.Itoa(port),
		"SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT="+strconv.Itoa(port+6), "GITHUB_TOKEN=", "GH_TOKEN=")
	slot := func(args ...string) (string, error) {
		cmd := exec.Command(program, args...)
		cmd.Env = env
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			err = fmt.Errorf("slot %s: %w: %s", strings.Join(args, " "), err, errs.Bytes())
		}
		return strings.TrimSpace(string(out)), err
	}
	stop := func() {
		if out, err := slot("down"); err != nil {
			fmt.Fprintf(os.Stderr, "webhook: %v\n%s", err, out)
			return // the folder may be in use
		}
		_ = os.RemoveAll(dir) // a temporary folder
	}
	repository, err := site(filepath.Join(dir, "me", "app"))
	if err == nil {
		_, err = slot("deploy", "a", "file://"+repository)
	}
	var secret string
	if err == nil {
		secret, err = slot("webhook", "secret", "--reveal")
	}
	if err != nil {
		stop()
		return nil, err
	}
	pid, err := daemon(filepath.Join(dir, "state", "run", "daemon.log"))
	if err != nil {
		stop()
		return nil, err
	}
	return &receiver{url: fmt.Sprintf("http://127.0.0.1:%d/webhook", port+6), secret: secret, pid: pid, stop: stop}, nil
}

// site makes a repository with a page.
func site(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("hello"), 0o600); err != nil {
		return "", err
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("git %v: %w: %s", args, err, out)
		}
	}
	return dir, nil
}

// signed returns what GitHub sends of a push.
func (r *receiver) signed(n int64) (body, signature string) {
	body = fmt.Sprintf(`{"ref":"refs/heads/main","before":"%040x","after":"%040x","repository":{"full_name":"me/app","default_branch":"main"},"fill":"%s"}`,
		n, n+1, strings.Repeat("x", 8<<10)) // eight KiB is an ordinary push
	return body, webhook.Sign(r.secret, []byte(body))
}
