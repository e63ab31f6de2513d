package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// rig is a slot of its own with two apps: a writes lines and must stay the same
// process to the end, b is deployed again and again.
type rig struct {
	program string // the one that runs; a copy, so that it can be replaced
	dir     string
	port    int
	env     []string
	mounted bool // the state folder is a small file system of its own
}

// patience bounds every wait: what takes longer has failed.
const patience = 30 * time.Second

func newRig(program string, port int) (*rig, error) {
	dir, err := os.MkdirTemp("", "slot-chaos-")
	if err != nil {
		return nil, err
	}
	r := &rig{program: filepath.Join(dir, "bin", "slot"), dir: dir, port: port}
	r.env = append(os.Environ(),
		"SLOT_HOME="+r.home(), "SLOT_DATA="+filepath.Join(dir, "data"),
		fmt.Sprintf("SLOT_BASE_PORT=%d", port), "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0")
	return r, r.prepare(program)
}

func (r *rig) home() string { return filepath.Join(r.dir, "state") }

func (r *rig) prepare(program string) error {
	app := filepath.Join(r.dir, "app")
	for _, dir := range []string{app, r.home(), filepath.Dir(r.program)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := exec.Command("cp", program, r.program).Run(); err != nil {
		return fmt.Errorf("cannot copy %s: %w", program, err)
	}
	if err := syscall.Mount("tmpfs", r.home(), "tmpfs", 0, "mode=0700,size=256m"); err == nil {
		r.mounted = true
	}
	build := exec.Command("go", "build", "-o", filepath.Join(app, "app"), "./bench/chaos/app")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build the app: %w\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(app, "Procfile"), []byte("web: ./app\n"), 0o600); err != nil {
		return err
	}
	for _, name := range []string{"a", "b"} {
		if _, err := r.slot("deploy", name, app); err != nil {
			return err
		}
	}
	return nil
}

// slot runs a command and returns its standard output.
func (r *rig) slot(args ...string) (string, error) {
	cmd := exec.Command(r.program, args...)
	cmd.Env = r.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("slot %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

func (r *rig) url(name string) string {
	return fmt.Sprintf("http://127.0.0.1:%d", r.port+strings.Index("abcde", name))
}

// get asks on a connection of its own.
func get(url string) (string, error) {
	c := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(res.Status)
	}
	return strings.TrimSpace(string(b)), err
}

// status is what this suite needs of slot status --json.
type status struct {
	Slot     string `json:"slot"`
	State    string `json:"state"`
	PID      int    `json:"pid"`
	Private  int    `json:"private_port"`
	Restarts int    `json:"restarts"`
	Lost     bool   `json:"keeper_lost"`
}

func (r *rig) status(name string) (status, error) {
	out, err := r.slot("status", "--json")
	if err != nil {
		return status{}, err
	}
	var all []status
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		return status{}, err
	}
	for _, s := range all {
		if s.Slot == name {
			return s, nil
		}
	}
	return status{}, fmt.Errorf("no slot %s", name)
}

func (r *rig) pid(lock string) int {
	b, _ := os.ReadFile(filepath.Join(r.home(), "run", lock))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid
}

func (r *rig) daemon() int { return r.pid("daemon.lock") }
func (r *rig) keeper() int { return r.pid("keeper.lock") }

// nextDaemon waits for another daemon than the one that had pid.
func (r *rig) nextDaemon(pid int) error {
	return until("a new daemon", func() bool { now := r.daemon(); return now != 0 && now != pid })
}

// until waits for what must come to hold.
func until(what string, holds func() bool) error {
	late := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-late:
			return fmt.Errorf("waited %v for %s", patience, what)
		case <-tick.C:
		}
	}
	return nil
}

func kill(pid int) {
	if pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGKILL) // gone already is as good
	}
}

func (r *rig) close() {
	if _, err := r.slot("down"); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
	}
	if r.mounted {
		_ = syscall.Unmount(r.home(), syscall.MNT_DETACH)
	}
	_ = os.RemoveAll(r.dir) // a temporary folder
}
