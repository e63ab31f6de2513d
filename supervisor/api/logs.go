package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// LogLine is one line of the stream of GET /v1/slots/{slot}/logs.
type LogLine struct {
	logs.Line
	Cursor logs.Cursor `json:"cursor,omitempty"` // the place behind it; on the last line of a batch, with ?watch
}

// cursorHeader carries the place behind all that was there when lines were
// read.
const cursorHeader = "Slot-Log-Cursor"

// logs sends lines of the slot's app.
func (s *server) logs(w http.ResponseWriter, r *http.Request) {
	name, err := slot.ParseName(r.PathValue("slot"))
	if err != nil {
		fail(w, err)
		return
	}
	s.sendLog(w, r, s.Logs[name])
}

// sendLog sends lines of a log: the last ?n, those behind ?after as they come
// with ?watch, or both with ?follow.
func (s *server) sendLog(w http.ResponseWriter, r *http.Request, log *logs.Log) {
	q, err := logQuery(r)
	if err != nil {
		fail(w, err)
		return
	}
	out := newStream(w)
	if r.URL.Query().Has("watch") {
		out.watch(r.Context(), log, q)
		return
	}
	w.Header().Set("Trailer", cursorHeader)
	sent := false
	at, err := log.Read(r.Context(), q, func(lines []logs.Line) error {
		sent = true
		return out.lines(lines, nil)
	})
	switch {
	case err != nil && !sent:
		w.Header().Del("Trailer")
		fail(w, err)
		return
	case err != nil:
		panic(http.ErrAbortHandler) // the client must not take this for the end
	}
	w.Header().Set(cursorHeader, string(at))
	if r.URL.Query().Has("follow") {
		q.After = at
		out.watch(r.Context(), log, q)
	}
}

// watch ends with its request, or with the daemon.
func (s *stream) watch(ctx context.Context, log *logs.Log, q logs.Query) {
	if s.rc.Flush() != nil { // the answer begins before the first line is there
		return
	}
	at := q.After
	err := log.Watch(ctx, q, func(lines []logs.Line, next logs.Cursor) error {
		at = next
		return s.lines(lines, &next)
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		_ = s.lines([]logs.Line{{Time: time.Now(), Stream: logs.Slot, Text: err.Error()}}, &at)
	}
}

// lines sends a batch, and with its last line the place behind it.
func (s *stream) lines(lines []logs.Line, at *logs.Cursor) error {
	for i, l := range lines {
		out := LogLine{Line: l}
		if i == len(lines)-1 && at != nil {
			out.Cursor = *at
		}
		if err := s.enc.Encode(out); err != nil {
			return err
		}
	}
	return s.rc.Flush()
}

// logQuery reads which lines are wanted.
func logQuery(r *http.Request) (q logs.Query, err error) {
	v := r.URL.Query()
	if v.Get("n") == "all" {
		q.Last = -1
	} else if q.Last, err = number(r, "n", 100); err != nil {
		return q, err
	}
	for _, b := range []struct {
		name string
		at   *time.Time
	}{{"since", &q.Since}, {"until", &q.Until}} {
		if text := v.Get(b.name); text != "" {
			if *b.at, err = time.Parse(time.RFC3339Nano, text); err != nil {
				return q, slot.E(slot.KindUsage, "", fmt.Errorf("%s is %q; want a time such as 2026-05-01T10:00:00Z", b.name, text))
			}
		}
	}
	if text := v.Get("grep"); text != "" {
		if q.Grep, err = regexp.Compile(text); err != nil {
			return q, slot.E(slot.KindUsage, "", fmt.Errorf("grep is %q, which is no regular expression: %w", text, err))
		}
	}
	if text := v.Get("stream"); text != "" {
		for name := range strings.SplitSeq(text, ",") {
			s := logs.Stream(name)
			if s != logs.Stdout && s != logs.Stderr && s != logs.Slot {
				return q, slot.E(slot.KindUsage, "", fmt.Errorf("stream is %q; want stdout, stderr or slot", name))
			}
			q.Streams = append(q.Streams, s)
		}
	}
	if q.Release, err = number(r, "release", 0); err != nil {
		return q, err
	}
	if q.After, err = logs.ParseCursor(v.Get("after")); err != nil {
		return q, slot.E(slot.KindUsage, "", fmt.Errorf("after is %w", err))
	}
	return q, nil
}

// logPath is the call for what a query chooses.
func logPath(name slot.Name, q logs.Query, watch bool) string {
	v := url.Values{"n": {"all"}}
	if q.Last >= 0 {
		v.Set("n", strconv.Itoa(q.Last))
	}
	if watch {
		v.Set("watch", "")
	}
	for _, b := range []struct {
		name string
		at   time.Time
	}{{"since", q.Since}, {"until", q.Until}} {
		if !b.at.IsZero() {
			v.Set(b.name, b.at.UTC().Format(time.RFC3339Nano))
		}
	}
	if q.Grep != nil {
		v.Set("grep", q.Grep.String())
	}
	var streams []string
	for _, s := range q.Streams {
		streams = append(streams, string(s))
	}
	if streams != nil {
		v.Set("stream", strings.Join(streams, ","))
	}
	if q.Release != 0 {
		v.Set("release", strconv.Itoa(q.Release))
	}
	if q.After != "" {
		v.Set("after", string(q.After))
	}
	return "/v1/slots/" + url.PathEscape(string(name)) + "/logs?" + v.Encode()
}
