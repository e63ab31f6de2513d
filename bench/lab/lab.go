// Package lab is what the benches share: a slot of its own, the programs that
// it is compared with, and small measurements. Everything it starts listens on
// 127.0.0.1 and ends with Close.
package lab

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Median returns the middle of the values; 0 of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// Program returns the path of a program: of the bench's own set-up, of the
// PATH, or of where Debian has daemons.
func Program(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	for _, dir := range []string{filepath.Join(cache, "slot-bench", "bin"), filepath.Join(cache, "slot-bench", "node_modules", ".bin"), "/usr/sbin"} {
		if path := filepath.Join(dir, name); exec.Command("test", "-x", path).Run() == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("cannot find %s: bench/setup installs it", name)
	}
	return path, nil
}

// OnSignal calls end when the bench is told to stop, and exits: what it started
// would live on.
func OnSignal(end func()) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-told
		end()
		os.Exit(1)
	}()
}

// Slot is a slot of its own.
type Slot struct {
	Dir     string
	Port    int // of slot a
	program string
	env     []string
}

// NewSlot makes an empty one; the first deployment starts it.
func NewSlot(program, dir string, port int) (*Slot, error) {
	program, err := filepath.Abs(program)
	return &Slot{Dir: dir, Port: port, program: program, env: append(os.Environ(),
		"SLOT_HOME="+filepath.Join(dir, "state"), "SLOT_DATA="+filepath.Join(dir, "data"), "SLOT_BASE_PORT="+strconv.Itoa(port),
		"SLOT_ADMIN_PORT="+strconv.Itoa(port+5), "SLOT_WEBHOOK_PORT="+strconv.Itoa(port+6))}, err
}

// Run runs a command of it.
func (s *Slot) Run(args ...string) error {
	cmd := exec.Command(s.program, args...)
	cmd.Env, cmd.Dir = s.env, s.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("slot %v: %w\n%s", args, err, out)
	}
	return nil
}

// Deploy deploys the bench's app with an environment.
func (s *Slot) Deploy(name, app string, env ...string) error {
	dir := filepath.Join(s.Dir, "src-"+name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := Copy(app, filepath.Join(dir, "app")); err != nil {
		return err
	}
	line := "web: " + strings.TrimSpace(strings.Join(append(env, "./app"), " ")) + "\n"
	if len(env) > 0 {
		line = "web: env " + strings.Join(append(env, "./app"), " ") + "\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "Procfile"), []byte(line), 0o644); err != nil {
		return err
	}
	return s.Run("deploy", name, dir)
}

// Daemon returns the process number of its daemon, and of the daemon's keeper.
func (s *Slot) Daemon() (daemon, keeper int) {
	text, _ := os.ReadFile(filepath.Join(s.Dir, "state", "run", "daemon.lock"))
	daemon, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	text, _ = os.ReadFile(filepath.Join(s.Dir, "state", "run", "keeper.lock"))
	keeper, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	return daemon, keeper
}

// Close stops it.
func (s *Slot) Close() error { return s.Run("down") }

// Copy copies a program.
func Copy(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o755)
}

// BuildApp builds bench/app into a folder.
func BuildApp(dir string) (string, error) {
	path := filepath.Join(dir, "app")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./bench/app")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build bench/app: %w\n%s", err, out)
	}
	return path, nil
}

// client makes a connection for each request, as a check from outside does.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}

// Get returns the body of an answer with status 200.
func Get(url string) (string, error) {
	res, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", url, res.Status)
	}
	return string(b), err
}

// Answers asks until an answer has status 200, and returns how long it took.
func Answers(ctx context.Context, url string) (time.Duration, error) {
	begin := time.Now()
	for {
		_, err := Get(url)
		if err == nil {
			return time.Since(begin), nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("no answer: %w", err)
		case <-time.After(500 * time.Microsecond):
		}
	}
}
