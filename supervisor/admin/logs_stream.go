package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

const (
	writeTimeout = 10 * time.Second      // a browser that reads nothing for so long is cut off
	coalesce     = 40 * time.Millisecond // no eye sees more than 25 batches a second
	batchLines   = 5_000                 // in one message, about

	coalesceBelow = 500    // lines: behind more of them there may be more at once
	firstLines    = 50_000 // what a page begins with, at most
)

// wireLine is a line as the browser gets it: milliseconds, stream (o, e, s),
// level, text. Short: a page may hold a hundred thousand.
type wireLine [4]any

var letters = map[logs.Stream]string{logs.Stdout: "o", logs.Stderr: "e", logs.Slot: "s"}

func wire(l logs.Line) wireLine {
	text := l.Text
	if len(text) > shownText {
		text = text[:shownText] + " …"
	}
	return wireLine{l.Time.UnixMilli(), letters[l.Stream], levelOf(l), strings.ToValidUTF8(text, "\uFFFD")}
}

// errGoesOn ends a stream of which there is more to come: the daemon ends.
var errGoesOn = errors.New("the log goes on")

// logsStream sends the last ?n lines and what comes, in batches, over a
// WebSocket. ?after= is the place behind what a browser that connects again
// has.
func (a *Admin) logsStream(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	after, err := logs.ParseCursor(r.URL.Query().Get("after"))
	if err != nil {
		a.fail(w, slot.E(slot.KindUsage, "", err), 0)
		return
	}
	count, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil || count < 0 || count > firstLines {
		count = 2000
	}
	a.stream(w, r, c, func(ctx context.Context, send func(message) error) error {
		if after == "" {
			if after, err = a.lastLines(ctx, n, count, send); err != nil {
				return err
			}
		}
		err := a.Logs[n].Watch(ctx, logs.Query{After: after}, func(lines []logs.Line, at logs.Cursor) error {
			return send(message{wires(lines), at})
		})
		if err == nil {
			return errGoesOn
		}
		return err
	})
}

// lastLines sends the last lines and returns the place behind them. The last
// message alone has a place: whoever has less begins again.
func (a *Admin) lastLines(ctx context.Context, n slot.Name, count int, send func(message) error) (logs.Cursor, error) {
	var batch []wireLine
	at, err := a.Logs[n].Read(ctx, logs.Query{Last: count}, func(lines []logs.Line) error {
		batch = append(batch, wires(lines)...)
		if len(batch) < batchLines {
			return nil
		}
		whole := batch
		batch = nil
		return send(message{Lines: whole})
	})
	if err != nil {
		return at, err
	}
	return at, send(message{batch, at})
}

func wires(lines []logs.Line) []wireLine {
	all := make([]wireLine, 0, len(lines))
	for _, l := range lines {
		all = append(all, wire(l))
	}
	return all
}

// deploymentStream sends what a deployment says, from its beginning to its
// end; of one that ended long ago its log.
func (a *Admin) deploymentStream(w http.ResponseWriter, r *http.Request, c caller) {
	d, err := a.deployment(r)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.stream(w, r, c, func(ctx context.Context, send func(message) error) error {
		said := false
		err := gather(ctx, send, func(line func(logs.Line) error) error {
			return a.Engine.Follow(ctx, d.ID, func(ev slot.Event) error {
				l, ok := eventLine(ev)
				said = said || ev.Step != nil || ev.Line != nil
				if !ok {
					return nil
				}
				return line(l)
			})
		})
		if err != nil || said {
			return err
		}
		var batch []wireLine
		for text := range strings.Lines(a.deployLog(d)) {
			batch = append(batch, wire(fileLine(strings.TrimRight(text, "\n"))))
		}
		return send(message{Lines: batch})
	})
}

// gather sends what each brings, one line at a time, in batches: those that
// came while the last batch was on its way. It returns when each has ended.
func gather(ctx context.Context, send func(message) error, each func(func(logs.Line) error) error) error {
	ctx, cancel := context.WithCancel(ctx)
	lines, ended := make(chan wireLine, batchLines), make(chan error, 1)
	go func() {
		defer close(lines)
		ended <- each(func(l logs.Line) error {
			select {
			case lines <- wire(l):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	var failed error
	for l := range lines {
		batch := []wireLine{l}
		for len(lines) > 0 && len(batch) < batchLines {
			batch = append(batch, <-lines)
		}
		if failed == nil {
			if failed = send(message{Lines: batch}); failed != nil {
				cancel() // and take what is left, so that it ends
			}
		}
	}
	cancel()
	return errors.Join(failed, <-ended)
}

// eventLine is an event of a deployment as a line of a log.
func eventLine(ev slot.Event) (l logs.Line, ok bool) {
	l = logs.Line{Time: ev.Time, Stream: logs.Slot}
	switch {
	case ev.Line != nil:
		l.Stream, l.Text = logs.Stream(ev.Line.Stream), ev.Line.Text
		if l.Stream != logs.Stderr {
			l.Stream = logs.Stdout
		}
	case ev.Step != nil && ev.Step.State == slot.StepRunning:
		l.Text = string(ev.Step.Name) + " …"
	case ev.Step != nil:
		l.Text = fmt.Sprintf("%s %s: %s (%s)", ev.Step.Name, ev.Step.State, ev.Step.Detail, took(ev.Step.DurationMS))
	case ev.Diagnostic != nil:
		l.Text = fmt.Sprintf("%s: %s %s", ev.Diagnostic.Severity, ev.Diagnostic.Summary, ev.Diagnostic.Hint)
	case ev.Deployment != nil && ev.Deployment.State.Ended() && ev.Deployment.Error != nil:
		l.Text = "error: " + ev.Deployment.Error.Error()
	default:
		return l, false
	}
	return l, true
}

// fileLine reads a line of a deployment's log.
func fileLine(s string) logs.Line {
	stamp, text, _ := strings.Cut(s, " ")
	at, err := time.Parse("2006-01-02T15:04:05.000Z", stamp)
	if err != nil {
		return logs.Line{Stream: logs.Stdout, Text: s}
	}
	if line, is := strings.CutPrefix(text, "  | "); is {
		return logs.Line{Time: at, Stream: logs.Stdout, Text: line}
	}
	return logs.Line{Time: at, Stream: logs.Slot, Text: text}
}
