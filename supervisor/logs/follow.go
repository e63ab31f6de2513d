package logs

import (
	"context"
	"fmt"
	"time"
)

// followBatch is about how many bytes a follower is sent at once. Batches of
// 64 KiB and more cost a fortieth of single lines on a WebSocket.
const followBatch = 128 << 10

// Follow calls send with the last n lines and then with each batch of new
// ones as they come, until ctx is done, send fails (both errors are returned)
// or the log is closed (nil). A send that is slow holds up nobody: when it is
// too far behind, a line of the stream Slot says how many lines were skipped.
func (l *Log) Follow(ctx context.Context, n int, send func([]Line) error) error {
	wake := make(chan struct{}, 1)
	data, at, err := l.last(n, wake)
	defer l.leave(wake)
	if err != nil {
		return err
	}
	if len(data) > 0 {
		if err := send(parseLines(data)); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		batch, skipped, next, closed := l.since(at)
		at = next
		switch {
		case len(batch) > 0:
			var lines []Line
			if skipped > 0 {
				lines = append(lines, Line{Time: time.Now(), Stream: Slot, Text: fmt.Sprintf("[%d lines skipped]", skipped)})
			}
			if err := send(append(lines, parseLines(batch)...)); err != nil {
				return err
			}
		case closed:
			return nil
		default:
			select {
			case <-ctx.Done():
			case <-wake:
			}
		}
	}
	return ctx.Err()
}

func (l *Log) since(at cursor) (batch []byte, skipped int64, next cursor, closed bool) {
	l.memory.Lock()
	defer l.memory.Unlock()
	batch, skipped, next = l.window.since(at, followBatch)
	return batch, skipped, next, l.closed
}

func (l *Log) leave(follower chan struct{}) {
	l.memory.Lock()
	defer l.memory.Unlock()
	delete(l.followers, follower)
}
