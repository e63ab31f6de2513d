package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// message is what a stream sends: some lines, and the place in the log behind
// them. A browser has the whole message or nothing of it, so that one that
// connects again with its last place misses no line and gets none twice.
type message struct {
	Lines []wireLine  `json:"lines"`
	At    logs.Cursor `json:"at,omitempty"`
}

// source brings the messages of a stream until ctx is done, send fails or
// there are no more.
type source func(ctx context.Context, send func(message) error) error

// stream sends what from brings over a WebSocket. A slow browser holds up
// nobody. How it ended stands in the code of its close: 1000 where there is no
// more, 1001 to connect again, 1008 where the session has ended, 1013 where
// too many are open.
func (a *Admin) stream(w http.ResponseWriter, r *http.Request, c caller, from source) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // it has answered
	}
	defer conn.CloseNow()
	ctx, done, err := a.begin(conn.CloseRead(r.Context()), c)
	if err != nil {
		_ = conn.Close(websocket.StatusTryAgainLater, slot.AsError(err).Error()) // the browser went away first
		return
	}
	defer done()
	err = from(ctx, func(m message) error { return write(ctx, r.Context(), conn, m) })
	code, reason := closing(ctx, err)
	_ = conn.Close(code, reason)
}

// closing says how a stream ends.
func closing(ctx context.Context, err error) (websocket.StatusCode, string) {
	switch {
	case errors.Is(context.Cause(ctx), errKeyEnded):
		return websocket.StatusPolicyViolation, errKeyEnded.Error()
	case ctx.Err() != nil || errors.Is(err, errGoesOn):
		return websocket.StatusGoingAway, ""
	case err != nil:
		return websocket.StatusInternalError, ""
	}
	return websocket.StatusNormalClosure, ""
}

// write sends a message. The connection is closed where a context ends within
// a write, so that of the stream does not count there: it has a close to say.
func write(ctx, request context.Context, conn *websocket.Conn, m message) error {
	if len(m.Lines) == 0 && m.At == "" {
		return nil
	}
	if m.Lines == nil {
		m.Lines = []wireLine{} // a place alone
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	limited, stop := context.WithTimeout(request, writeTimeout)
	defer stop()
	if err := conn.Write(limited, websocket.MessageText, data); err != nil || len(m.Lines) > coalesceBelow {
		return err
	}
	select { // what comes meanwhile goes together
	case <-time.After(coalesce):
	case <-ctx.Done():
	}
	return nil
}
