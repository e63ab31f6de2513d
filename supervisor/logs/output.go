package logs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	// keptLines is how many of its last lines an Output keeps for reports.
	keptLines = 50
	// keptBytes bounds them, and has room for the longest line.
	keptBytes = 2 * MaxLine
	// tailMin is what the tail may grow to before it is first cut to those.
	tailMin = 16 << 10
)

// Output carries what one process writes into the log.
type Output struct {
	log     *Log
	id      string
	readers [2]*reader
	running sync.WaitGroup
	end     sync.Once
	err     error // of the end

	memory sync.Mutex
	tail   []byte // the last lines, each with its end
	limit  int    // of the tail, in bytes, before it is cut to the last lines
}

// Attach starts to carry the output of the process id, which is the Process
// of its lines and must be unlike that of every other process of the log. It
// makes the FIFOs <fifoDir>/<id>.out and .err, mode 0600, for the process to
// write to; those and what is in them are taken over if they exist. Lines
// that a killed daemon had read come first, so Attach a process that ended
// meanwhile, too, and Finish it. Set the secrets before.
func (l *Log) Attach(id, fifoDir string) (*Output, error) {
	if id == "" || id == noProcess || len(id) > 200 || strings.ContainsAny(id, unsafeNames+"/\x00") {
		return nil, fmt.Errorf("cannot attach output: %q is not a name for a process", id)
	}
	if err := os.MkdirAll(fifoDir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot attach output: %w", err)
	}
	o := &Output{log: l, id: id}
	l.memory.Lock()
	taken := l.outputs[id] != nil
	closed := l.closed
	if !taken && !closed {
		l.outputs[id] = o
	}
	l.memory.Unlock()
	switch {
	case closed:
		return nil, fmt.Errorf("cannot attach output: %w", errClosed)
	case taken:
		return nil, fmt.Errorf("cannot attach output: %q is attached", id)
	}
	for i, s := range []struct {
		stream Stream
		suffix string
	}{{Stdout, ".out"}, {Stderr, ".err"}} {
		r, err := newReader(o, s.stream, filepath.Join(fifoDir, id+s.suffix),
			filepath.Join(filepath.Dir(l.file.path), spoolFolder, id+s.suffix))
		if err != nil {
			o.forget()
			for _, r := range o.readers[:i] {
				r.close()
			}
			return nil, err
		}
		o.readers[i] = r
	}
	for _, r := range o.readers {
		o.running.Go(r.run)
	}
	return o, nil
}

// Paths returns the FIFOs. Open them for the process with O_RDWR, so that it
// never sees a broken pipe either.
func (o *Output) Paths() (stdout, stderr string) {
	return o.readers[0].fifo.path, o.readers[1].fifo.path
}

// Tail returns the last n lines of this process, 50 at most, masked.
func (o *Output) Tail(n int) []string {
	o.memory.Lock()
	defer o.memory.Unlock()
	o.cut()
	text := string(o.tail[lastLines(o.tail, min(n, keptLines)):])
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// Finish is called when the process ended: it reads what is in the pipes,
// writes it with a last line that has no end, stops the goroutines and
// removes the FIFOs. The error tells of lines that are not in the file.
func (o *Output) Finish() error { return o.stop(true) }

// Detach is called when the daemon stops and the process lives on: what was
// read is written or kept for the next Attach, the goroutines stop and the
// FIFOs stay.
func (o *Output) Detach() error { return o.stop(false) }

func (o *Output) stop(finish bool) error {
	o.end.Do(func() {
		for _, r := range o.readers {
			r.finish.Store(finish)
			if err := r.fifo.interrupt(); err != nil {
				o.err = errors.Join(o.err, err)
			}
		}
		o.running.Wait()
		for _, r := range o.readers {
			o.err = errors.Join(o.err, r.err)
			if finish {
				r.remove()
			} else {
				r.close()
			}
		}
		o.forget()
	})
	return o.err
}

func (o *Output) forget() {
	o.log.memory.Lock()
	defer o.log.memory.Unlock()
	delete(o.log.outputs, o.id)
}

// remember keeps the last lines of a masked text.
func (o *Output) remember(text []byte) {
	o.memory.Lock()
	defer o.memory.Unlock()
	for line := range lines(text[lastLines(text, keptLines):]) {
		o.tail = append(append(o.tail, line...), '\n')
	}
	if len(o.tail) > max(o.limit, tailMin) {
		o.cut()
		o.limit = 2 * len(o.tail)
	}
}

// cut drops what is too old of the tail.
func (o *Output) cut() {
	from := lastLines(o.tail, keptLines)
	for len(o.tail)-from > keptBytes {
		from += bytes.IndexByte(o.tail[from:], '\n') + 1
	}
	o.tail = slices.Delete(o.tail, 0, from)
}
