package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

const (
	// reconnectFor is how long a daemon may be away while its log is watched.
	reconnectFor = 30 * time.Second
	// reconnectStep is the pause between two tries. The keeper's socket takes
	// a call while no daemon runs, so that it is hardly ever needed.
	reconnectStep = 200 * time.Millisecond
)

// ReadLogs sends the lines that the query chooses, oldest first, and returns
// the place behind all there was, for WatchLogs.
func (c *Client) ReadLogs(ctx context.Context, name slot.Name, q logs.Query, send func(logs.Line) error) (logs.Cursor, error) {
	res, err := c.do(ctx, http.MethodGet, logPath(name, q, false), nil)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	err = decode(ctx, c, res.Body, func(l LogLine) error { return send(l.Line) })
	at := cmp.Or(res.Trailer.Get(cursorHeader), res.Header.Get(cursorHeader)) // a header where there was no line
	return logs.Cursor(at), err
}

// WatchLogs sends the lines behind the query's After that it chooses, as they
// come, until ctx ends or send fails. It goes on across daemons: when one went
// away it asks the next, from where it was, so that no line is lost or sent
// twice. KindUnreachable when none answers for 30 s.
func (c *Client) WatchLogs(ctx context.Context, name slot.Name, q logs.Query, send func(logs.Line) error) error {
	there := time.Now() // when a daemon was there last
	for {
		var sendErr error
		begun := time.Now()
		err := c.watch(ctx, name, q, func(batch []LogLine) error {
			there = time.Now()
			for _, l := range batch {
				if sendErr = send(l.Line); sendErr != nil {
					return sendErr
				}
			}
			q.After = batch[len(batch)-1].Cursor
			return nil
		})
		if time.Since(begun) > time.Second { // it was, and said nothing
			there = time.Now()
		}
		switch {
		case sendErr != nil:
			return sendErr
		case ctx.Err() != nil:
			return ctx.Err()
		case slot.AsError(err).Kind != slot.KindUnreachable, time.Since(there) > reconnectFor:
			return err
		}
		select {
		case <-time.After(reconnectStep):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// watch is one daemon's part of it. The end of its stream is an error too: it
// went away. Lines are held back until their batch is whole: the next daemon
// begins at its beginning.
func (c *Client) watch(ctx context.Context, name slot.Name, q logs.Query, send func([]LogLine) error) error {
	res, err := c.do(ctx, http.MethodGet, logPath(name, q, true), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var batch []LogLine
	err = decode(ctx, c, res.Body, func(l LogLine) error {
		if batch = append(batch, l); l.Cursor == "" {
			return nil
		}
		defer func() { batch = batch[:0] }()
		return send(batch)
	})
	if err == nil {
		err = unreachable(c.home, errors.New("it ended"))
	}
	return err
}
