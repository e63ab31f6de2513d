package logs

import "bytes"

const (
	// windowMin and windowMax bound in bytes what stays in memory when the
	// window is trimmed: a burst of some thousand lines does not overtake a
	// follower, and long lines do not fill memory.
	windowMin = 512 << 10
	windowMax = 2 << 20
)

// window holds the last lines in the form of the file. Bytes are counted from
// the opening of the log.
type window struct {
	keep  int // lines
	buf   []byte
	lines int    // in buf
	first cursor // of buf[0]
	limit int    // trim beyond so many bytes
}

// cursor is a place between two lines.
type cursor struct{ offset int64 }

// add appends a batch of n lines. It moves each byte twice at most on average.
func (w *window) add(batch []byte, n int) {
	w.buf = append(w.buf, batch...)
	w.lines += n
	if len(w.buf) <= max(w.limit, 2*windowMin) {
		return
	}
	from := lastLines(w.buf, w.keep)
	from = min(max(from, len(w.buf)-windowMax), len(w.buf)-windowMin)
	if rest := bytes.IndexByte(w.buf[from:], '\n') + 1; from > 0 && w.buf[from-1] != '\n' {
		from += rest
	}
	w.first.offset += int64(from)
	w.lines -= bytes.Count(w.buf[:from], []byte{'\n'})
	w.buf = w.buf[:copy(w.buf, w.buf[from:])]
	w.limit = 2 * len(w.buf)
}

// end returns the cursor behind the last line.
func (w *window) end() cursor {
	return cursor{w.first.offset + int64(len(w.buf))}
}

// last returns a copy of the last n lines; false when fewer are in memory.
func (w *window) last(n int) ([]byte, bool) {
	if n > w.lines {
		return nil, false
	}
	return bytes.Clone(w.buf[lastLines(w.buf, n):]), true
}

// since returns a copy of the lines behind the cursor.
func (w *window) since(c cursor) []byte {
	return bytes.Clone(w.buf[max(c.offset-w.first.offset, 0):])
}

// lastLines returns where the last n of the whole lines in b begin. It goes back
// by chunks: to count in one is many times faster than to look for the last end
// of a line.
func lastLines(b []byte, n int) int {
	const chunk = 4 << 10
	end := []byte{'\n'}
	ends := n + 1 // the line before those ends with this one, from the back
	for at := len(b); at > 0; {
		from := max(at-chunk, 0)
		found := bytes.Count(b[from:at], end)
		if found < ends {
			ends, at = ends-found, from
			continue
		}
		for ; found >= ends; found-- {
			from += bytes.IndexByte(b[from:at], '\n') + 1
		}
		return from
	}
	return 0
}
