package logs

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// Cursor is a place in a log that outlives rotations and daemons: a file,
// known by how its first line begins, and how far into it. It is opaque to all
// but this package; the empty Cursor is the beginning, too.
type Cursor string

// beginning is what a log without a line calls its end.
const beginning Cursor = "start"

var cursorForm = lazyregexp.New(`^[A-Za-z0-9_-]{36}@[0-9]{1,18}$`)

// ParseCursor reads what a Cursor was written as.
func ParseCursor(text string) (Cursor, error) {
	if text != "" && text != string(beginning) && !cursorForm.MatchString(text) {
		return "", fmt.Errorf("%q is no place in a log", text)
	}
	return Cursor(text), nil
}

func newCursor(head string, offset int64) Cursor {
	return Cursor(head + "@" + strconv.FormatInt(offset, 10))
}

// split returns the file and the offset of a Cursor that was parsed.
func (c Cursor) split() (head string, offset int64) {
	head, number, _ := strings.Cut(string(c), "@")
	offset, _ = strconv.ParseInt(number, 10, 64)
	return head, offset
}

// part is one file of the log as it was at one moment.
type part struct {
	file *os.File
	size int64
	head string // how it begins, encoded; "" of an empty file

	stamp []byte // of its first line; nil of one that slot did not write
}

// parts are the files of the log at one moment, oldest first.
type parts []part

func newParts(files []*os.File, sizes []int64) (parts, error) {
	var all parts
	for i := len(files) - 1; i >= 0; i-- {
		p := part{file: files[i], size: sizes[i]}
		head := make([]byte, len(stampForm))
		n, err := p.file.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("cannot read log: %w", err)
		}
		if p.size >= int64(n) && n == len(head) {
			p.head = base64.RawURLEncoding.EncodeToString(head)
			p.stamp = stampOf(append(head, " o - "...))
		}
		all = append(all, p)
	}
	return all, nil
}

func (p parts) close() {
	for _, one := range p {
		one.file.Close()
	}
}

// end returns the place behind all of it.
func (p parts) end() Cursor {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].head != "" {
			return newCursor(p[i].head, p[i].size)
		}
	}
	return beginning
}

// after returns the parts behind the cursor and where the first of them
// begins; gone when the place is no more: then they are all there is.
func (p parts) after(c Cursor) (rest parts, offset int64, gone bool) {
	if c == "" || c == beginning {
		return p, 0, false
	}
	head, offset := c.split()
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].head == head && offset <= p[i].size {
			return p[i:], offset, false
		}
	}
	return p, 0, true
}
