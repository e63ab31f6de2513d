package host

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

const (
	lastLinesKept = 40      // a Go panic's message and the innermost frames
	lastLineBytes = 2 << 10 // of one line
)

// lastLines keeps the last lines written to it. It is safe for concurrent
// use; the zero value is empty.
type lastLines struct {
	mu    sync.Mutex
	lines []string
	rest  []byte
}

// Write never fails.
func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		if i < 0 {
			l.rest = l.rest[:min(len(l.rest), lastLineBytes)]
			return len(p), nil
		}
		l.add(string(l.rest[:min(i, lastLineBytes)]))
		l.rest = l.rest[i+1:]
	}
}

// add takes a line, unless it is one that go-plugin's own logger wrote.
func (l *lastLines) add(line string) {
	if line == "" || strings.HasPrefix(line, `{"@level":`) {
		return
	}
	if len(l.lines) == lastLinesKept {
		l.lines = slices.Delete(l.lines, 0, 1)
	}
	l.lines = append(l.lines, strings.ToValidUTF8(line, "\uFFFD"))
}

// Lines returns the lines so far.
func (l *lastLines) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

// String returns them as one text.
func (l *lastLines) String() string { return strings.Join(l.Lines(), "\n") }
