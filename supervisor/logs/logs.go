// Package logs owns the application log of one slot: app.log with its rotated
// files, the last lines in memory, those who follow, and the FIFOs that carry
// an app's output. It also splits and masks lines for others, such as build
// logs. It starts no process and knows no release.
//
// A line in the file is
//
//	2026-11-23T11:45:54.123456Z o web.7 text
//
// that is: UTC time in microseconds, o for stdout, e for stderr or s for
// slot's own notes, the process ("-" for none), and the text as the app wrote
// it, secret values replaced by ********. Text is bytes: only line ends are
// taken from it, \r\n like \n.
//
// app.log is renamed to app.log.1, app.log.1 to app.log.2 and so on when it
// has reached its size; all this happens between two writes, so that no line
// is lost. When the disk is full the apps go on, their lines reach memory and
// followers only, and a note in the file says how many are missing.
//
// Open repairs what a killed daemon left behind; Attach starts two goroutines
// that end by Finish or Detach; Close detaches the outputs that are left. A
// Log is safe for concurrent use: one mutex puts the writers in a row across
// their I/O, another guards memory for moments only, so that no reader waits
// for a disk and no follower holds up a writer.
package logs

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Stream says where a line came from.
type Stream string

// The streams.
const (
	Stdout Stream = "stdout"
	Stderr Stream = "stderr"
	Slot   Stream = "slot" // slot's own notes, such as "process exited"
)

// Line is one line of the log.
type Line struct {
	Time    time.Time `json:"time"`
	Stream  Stream    `json:"stream"`
	Process string    `json:"process"` // as given to Attach; "" for none
	Text    string    `json:"text"`    // without line end; not always UTF-8
}

// Options are the limits of a log. Zero values mean the defaults.
type Options struct {
	MaxBytes int64 // of app.log before it is rotated; 10 MiB
	Keep     int   // rotated files; 5
	Ring     int   // of the last lines at least so many are in memory; 2000. 2 MiB at most
}

// Log is the open log of one slot.
type Log struct {
	mask atomic.Pointer[Mask]

	disk sync.Mutex // held by the one writer, across I/O; taken before memory
	file rotating

	memory    sync.Mutex // guards what follows, never held across I/O
	window    window
	followers map[chan struct{}]bool
	outputs   map[string]*Output
	closed    bool
}

var errClosed = errors.New("the log is closed")

// Open opens the log in dir, which it makes.
func Open(dir string, o Options) (*Log, error) {
	if err := os.MkdirAll(filepath.Join(dir, spoolFolder), 0o700); err != nil {
		return nil, fmt.Errorf("cannot open log: %w", err)
	}
	l := &Log{
		file: rotating{
			path: filepath.Join(dir, "app.log"),
			max:  cmp.Or(o.MaxBytes, 10<<20),
			keep: cmp.Or(o.Keep, 5),
		},
		window:    window{keep: cmp.Or(o.Ring, 2000)},
		followers: map[chan struct{}]bool{},
		outputs:   map[string]*Output{},
	}
	if err := l.file.open(); err != nil {
		return nil, err
	}
	if err := recoverSpools(filepath.Join(dir, spoolFolder), l.file.f); err != nil {
		l.file.f.Close()
		return nil, err
	}
	return l, nil
}

// SetSecrets sets the values that are masked in every line from now on, as
// NewMask describes.
func (l *Log) SetSecrets(values []string) {
	if m := l.mask.Load(); m == nil || !slices.Equal(m.values, values) {
		l.mask.Store(NewMask(values))
	}
}

// Append adds a line, stamped now where its time is zero. A text of several
// lines becomes several lines. The error is that of the file; memory and
// followers have the line anyway.
func (l *Log) Append(line Line) error {
	if line.Time.IsZero() {
		line.Time = time.Now()
	}
	prefix := appendPrefix(nil, line.Time, line.Stream, line.Process)
	batch, n := appendLines(nil, prefix, l.mask.Load().bytes([]byte(line.Text+"\n")))
	return l.commit(batch, n, nil)
}

// Close detaches the outputs that are still attached, ends the followers once
// they have all lines, and closes the file. Reading goes on to work. Closing
// twice is fine.
func (l *Log) Close() error {
	l.memory.Lock()
	left := make([]*Output, 0, len(l.outputs))
	for _, o := range l.outputs {
		left = append(left, o)
	}
	l.memory.Unlock()
	var err error
	for _, o := range left {
		err = errors.Join(err, o.Detach())
	}
	l.disk.Lock()
	defer l.disk.Unlock()
	l.memory.Lock()
	l.closed = true
	l.wake()
	l.memory.Unlock()
	return errors.Join(err, l.file.close())
}

// commit writes n encoded lines to the file, then to memory. The journal of
// the spool that they came from, if any, follows each step.
func (l *Log) commit(batch []byte, n int, j *journal) error {
	l.disk.Lock()
	defer l.disk.Unlock()
	err := l.file.write(batch, n, j)
	l.memory.Lock()
	defer l.memory.Unlock()
	l.window.add(batch, n)
	l.wake()
	return err
}

// wake tells the followers that there is something new.
func (l *Log) wake() {
	for f := range l.followers {
		select {
		case f <- struct{}{}:
		default: // it has not even seen the last one
		}
	}
}
