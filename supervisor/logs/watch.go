package logs

import (
	"cmp"
	"context"
	"time"
)

// Watch calls send with the lines behind the query's After that it chooses,
// those there are and then those that come, and with the place behind them,
// until ctx is done, send fails (both errors are returned) or the log is
// closed (nil). Last does not count. It reads the files, so that no follower
// is too slow for it: only lines that were rotated away meanwhile are skipped,
// which a line of the stream Slot says.
func (l *Log) Watch(ctx context.Context, q Query, send func([]Line, Cursor) error) error {
	f := newFilter(q)
	wake := make(chan struct{}, 1)
	l.memory.Lock()
	l.followers[wake] = true
	l.memory.Unlock()
	defer l.leave(wake)
	at := cmp.Or(q.After, beginning)
	var memory cursor // how far lines that are in no file were sent
	for {
		closed := l.isClosed() // before the snapshot, which then has all there will be
		s, err := l.snapshot()
		if err != nil {
			return err
		}
		at, err = s.sendAfter(ctx, at, f, send)
		if err == nil && s.lost != nil {
			err = f.send(l.unwritten(memory, s.lost), func(lines []Line) error { return send(lines, at) })
		}
		memory = s.memory
		switch {
		case err != nil:
			return err
		case closed:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		}
	}
}

// sendAfter sends what the files have behind the cursor and returns the place
// behind it.
func (s *snapshot) sendAfter(ctx context.Context, at Cursor, f *filter, send func([]Line, Cursor) error) (Cursor, error) {
	defer s.parts.close()
	rest, offset, gone := s.parts.after(at)
	if gone {
		note := Line{Time: time.Now(), Stream: Slot, Text: "[lines are missing here: they were rotated away]"}
		if err := send([]Line{note}, at); err != nil {
			return at, err
		}
	}
	err := rest.read(ctx, offset, func(data []byte, next Cursor) error {
		at = next
		return f.send(data, func(lines []Line) error { return send(lines, next) })
	})
	return at, err
}

// unwritten returns the lines in memory behind the cursor, lost being all that
// are in no file.
func (l *Log) unwritten(sent cursor, lost []byte) []byte {
	l.memory.Lock()
	defer l.memory.Unlock()
	from := max(sent.offset, l.window.end().offset-int64(len(lost)))
	return l.window.since(cursor{from})
}

func (l *Log) isClosed() bool {
	l.memory.Lock()
	defer l.memory.Unlock()
	return l.closed
}

func (l *Log) leave(follower chan struct{}) {
	l.memory.Lock()
	defer l.memory.Unlock()
	delete(l.followers, follower)
}
