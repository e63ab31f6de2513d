package logs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// readBlock is about how much is read and sent at once.
const readBlock = 256 << 10

// Read calls send with the lines that the query chooses, oldest first, in
// batches, and returns the place behind the last line there is, from which
// Watch goes on. Its errors are those of the files, of send, and of ctx.
func (l *Log) Read(ctx context.Context, q Query, send func([]Line) error) (Cursor, error) {
	s, err := l.snapshot()
	if err != nil {
		return "", err
	}
	defer s.parts.close()
	f := newFilter(q)
	rest, offset, _ := s.parts.after(q.After)
	if q.Last >= 0 {
		return s.parts.end(), s.lastOf(rest, offset, f, send)
	}
	if f.enough != nil && q.After == "" {
		if rest, offset, err = s.parts.since(f.enough); err != nil {
			return "", fmt.Errorf("cannot read log: %w", err)
		}
	}
	err = rest.read(ctx, offset, func(data []byte, _ Cursor) error { return f.send(data, send) })
	if err == nil {
		err = f.send(s.lost, send)
	}
	return s.parts.end(), err
}

func (f *filter) send(data []byte, send func([]Line) error) error {
	if chosen := f.choose(data); len(chosen) > 0 {
		return send(chosen)
	}
	return nil
}

// snapshot is a log at one moment.
type snapshot struct {
	parts  parts
	lost   []byte // the last lines, where they are in memory only: the disk was full
	memory cursor // behind the last line in memory
}

func (l *Log) snapshot() (s snapshot, err error) {
	l.disk.Lock()
	files, sizes, err := l.file.snapshot()
	l.memory.Lock()
	s.memory = l.window.end()
	if n := l.file.lost; n > 0 {
		s.lost, _ = l.window.last(min(n, l.window.lines))
	}
	l.memory.Unlock()
	l.disk.Unlock()
	if err != nil {
		return s, err
	}
	if s.parts, err = newParts(files, sizes); err != nil {
		closeAll(files)
	}
	return s, err
}

// lastOf sends the last lines that match. It reads from the end and stops as
// soon as it has them.
func (s *snapshot) lastOf(rest parts, offset int64, f *filter, send func([]Line) error) error {
	var chosen []Line // newest first
	take := func(data []byte) (more bool) {
		for len(data) > 0 && len(chosen) < f.Last {
			start := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
			line := bytes.TrimSuffix(data[start:], []byte{'\n'})
			data = data[:start]
			if f.matches(line) {
				chosen = append(chosen, parseLine(string(line)))
			}
			if at := stampOf(line); f.enough != nil && at != nil && bytes.Compare(at, f.enough) < 0 {
				return false
			}
		}
		return len(chosen) < f.Last
	}
	more := take(s.lost)
	for i := len(rest) - 1; i >= 0 && more; i-- {
		from := int64(0)
		if i == 0 {
			from = offset
		}
		var err error
		if more, err = rest[i].backward(from, take); err != nil {
			return err
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	slices.Reverse(chosen)
	return send(chosen)
}

// backward calls take with whole lines, from the end of the part to the
// offset, until it wants no more.
func (p part) backward(from int64, take func([]byte) bool) (more bool, err error) {
	var begun []byte // the rest of a line that begins further up
	for at := p.size; at > from; {
		size := min(int64(block), at-from)
		b := make([]byte, size, size+int64(len(begun)))
		at -= size
		if _, err := p.file.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("cannot read log: %w", err)
		}
		b = append(b, begun...)
		start := 0
		if at > from {
			start = bytes.IndexByte(b, '\n') + 1
		}
		begun = b[:start]
		if start == 0 && at > from {
			begun = b // not one end of a line in it
			continue
		}
		if !take(b[start:]) {
			return false, nil
		}
	}
	return true, nil
}

// read calls take with whole lines from the offset to the end, and with the
// place behind them.
func (p parts) read(ctx context.Context, offset int64, take func([]byte, Cursor) error) error {
	buffer := make([]byte, readBlock+MaxLine)
	for _, one := range p {
		for offset < one.size && one.head != "" {
			if err := ctx.Err(); err != nil {
				return err
			}
			b := buffer[:min(int64(len(buffer)), one.size-offset)]
			n, err := one.file.ReadAt(b, offset)
			if err != nil && !errors.Is(err, io.EOF) || n == 0 {
				return fmt.Errorf("cannot read log: %w", cmpErr(err))
			}
			b = b[:n]
			if end := bytes.LastIndexByte(b, '\n') + 1; end > 0 {
				b = b[:end] // one line is shorter than the buffer, but for what others wrote
			}
			offset += int64(len(b))
			if err := take(b, newCursor(one.head, offset)); err != nil {
				return err
			}
		}
		offset = 0
	}
	return nil
}

// cmpErr names the end of a file that was longer a moment ago.
func cmpErr(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
