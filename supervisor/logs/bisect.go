package logs

import (
	"bytes"
	"errors"
	"io"
)

// since returns the parts in which lines of the stamp and later ones stand,
// and an offset in the first of them that is at most a block before the first
// such line. It reads a few blocks, however long the log is. Where lines are
// not in the order of their stamps, by a clock that was set back, some may be
// before the offset.
func (p parts) since(stamp []byte) (rest parts, offset int64, err error) {
	first := len(p) - 1
	for first > 0 && (p[first].head == "" || bytes.Compare(p[first].stamp, stamp) >= 0) {
		first--
	}
	if first < 0 {
		return nil, 0, nil
	}
	offset, err = p[first].bisect(stamp)
	return p[first:], offset, err
}

// bisect narrows down where the first line of the stamp is. What it returns
// is the beginning of a line.
func (p part) bisect(stamp []byte) (int64, error) {
	low, high := int64(0), p.size
	for high-low > block {
		middle := low + (high-low)/2
		at, found, err := p.stampAfter(middle)
		if err != nil {
			return 0, err
		}
		if found == nil || at >= high || bytes.Compare(found, stamp) >= 0 {
			high = middle
		} else {
			low = at
		}
	}
	return low, nil
}

// stampAfter returns the first line with a stamp that begins behind the
// offset, within the longest line and a block.
func (p part) stampAfter(offset int64) (at int64, stamp []byte, err error) {
	b := make([]byte, MaxLine+block)
	n, err := p.file.ReadAt(b[:min(int64(len(b)), p.size-offset)], offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	b = b[:n]
	for start := bytes.IndexByte(b, '\n') + 1; start > 0 && start < len(b); {
		line, _, whole := bytes.Cut(b[start:], []byte{'\n'})
		if found := stampOf(line); found != nil {
			return offset + int64(start), found, nil
		}
		if !whole {
			break
		}
		start += len(line) + 1
	}
	return 0, nil, nil
}
