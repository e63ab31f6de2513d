package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/store"
)

// startTimeout bounds a start: opening the state and adopting five apps takes
// well under a second on a slow disk.
const startTimeout = 30 * time.Second

// Up starts a keeper in the background, in a session of its own so that it
// outlives the terminal, and returns when its daemon serves.
func Up(exe, home string, env []string) error {
	lay := store.Layout{Home: home}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		w.Close()
		return err
	}
	defer null.Close()
	// Started from inside an app, slot must not be taken for a part of it.
	env = without(env, process.Marker)
	argv := inScope([]string{exe, "__keeper"}, variable(env))
	p, err := os.StartProcess(argv[0], argv, &os.ProcAttr{
		Dir: "/", Env: append(env, readyVariable+"=3"),
		Files: []*os.File{null, null, null, w},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	w.Close()
	if err != nil {
		return fmt.Errorf("cannot start the keeper: %w", err)
	}
	_ = p.Release()
	if err := r.SetReadDeadline(time.Now().Add(startTimeout)); err != nil {
		return err
	}
	var got readiness
	if err := json.NewDecoder(r).Decode(&got); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("it did not answer in %v", startTimeout)
		} else {
			err = errors.New("it ended at once")
		}
		return slot.E(slot.KindUnreachable, "its messages are in "+DaemonLog(lay),
			fmt.Errorf("cannot start the daemon: %w%s", err, lastLine(DaemonLog(lay))))
	}
	if got.Error != nil {
		return got.Error
	}
	return nil
}

// variable looks a name up in an environment.
func variable(env []string) func(string) string {
	return func(name string) string {
		for _, kv := range env {
			if v, ok := strings.CutPrefix(kv, name+"="); ok {
				return v
			}
		}
		return ""
	}
}

// lastLine is the end of a log as ": text", or nothing.
func lastLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return ": " + last
	}
	return ""
}

// without returns a copy of env that lacks the variables.
func without(env []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(names, name)
	})
}
