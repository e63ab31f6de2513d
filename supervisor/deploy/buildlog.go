package deploy

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// buildLog is the file that keeps what a deployment said, in the words that
// its followers read.
type buildLog struct {
	mu    sync.Mutex
	f     *os.File
	w     *bufio.Writer
	masks *logs.Mask
	tail  []string
}

// tailLines is how many lines a failure shows.
const tailLines = 20

func openBuildLog(path string) (*buildLog, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the build log: %w", err)
	}
	return &buildLog{f: f, w: bufio.NewWriter(f), masks: logs.NewMask(nil)}, nil
}

func (b *buildLog) secrets(values []string) {
	b.mu.Lock()
	b.masks = logs.NewMask(values)
	b.mu.Unlock()
}

func (b *buildLog) mask(s string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.masks.Apply(s)
}

// last returns the end of the build's output.
func (b *buildLog) last() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.tail...)
}

// event writes one event as a line.
func (b *buildLog) event(ev slot.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	stamp := ev.Time
	if stamp.IsZero() {
		stamp = time.Now()
	}
	say := func(format string, args ...any) {
		fmt.Fprintf(b.w, "%s %s\n", stamp.UTC().Format("2006-01-02T15:04:05.000Z"), fmt.Sprintf(format, args...))
	}
	switch {
	case ev.Line != nil:
		if b.tail = append(b.tail, ev.Line.Text); len(b.tail) > tailLines {
			b.tail = b.tail[1:]
		}
		say("  | %s", ev.Line.Text)
	case ev.Step != nil && ev.Step.State == slot.StepRunning:
		say("%s …", ev.Step.Name)
	case ev.Step != nil:
		say("%s %s: %s (%d ms)", ev.Step.Name, ev.Step.State, ev.Step.Detail, ev.Step.DurationMS)
	case ev.Diagnostic != nil:
		say("%s %s: %s. %s", ev.Diagnostic.Severity, ev.Diagnostic.Code, ev.Diagnostic.Summary, ev.Diagnostic.Hint)
	case ev.Deployment != nil && ev.Deployment.Error != nil:
		say("%s: %v", ev.Deployment.State, ev.Deployment.Error)
	case ev.Deployment != nil:
		say("deployment %d is %s", ev.Deployment.ID, ev.Deployment.State)
	}
	_ = b.w.Flush() // a daemon that dies takes no line along; close tells of errors
}

func (b *buildLog) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	flush := b.w.Flush()
	if err := b.f.Close(); err != nil {
		return err
	}
	return flush
}

// secretValues returns the values that must not be shown, and the passwords
// in them, which an app may write alone.
func secretValues(env map[string]string) []string {
	var values []string
	for name, v := range env {
		if slot.SecretVariable(name, v) {
			values = append(append(values, v), slot.Passwords(v)...)
		}
	}
	return slices.DeleteFunc(values, func(v string) bool { return len(v) < 4 })
}

// maskSecrets hides the values of the release's secret variables in the log of
// the app, beside those of the release that still runs.
func (l *lane) maskSecrets(rel slot.Release) {
	values := append(secretValues(rel.Env), l.e.databaseSecrets(l.name)...)
	l.mu.Lock()
	if l.current != nil {
		values = append(values, secretValues(l.current.release.Env)...)
	}
	l.mu.Unlock()
	l.e.Logs[l.name].SetSecrets(values)
}
