package logs

import (
	"errors"
	"os"
	"sync/atomic"
	"time"
)

// reader copies one stream of a process into the log.
type reader struct {
	output  *Output
	stream  Stream
	fifo    *fifo
	spool   *spool
	finish  atomic.Bool // at the deadline: read the rest, else leave it
	encoded []byte
	err     error // the first of the file; read it when run has returned
}

func newReader(o *Output, stream Stream, fifoPath, spoolPath string) (*reader, error) {
	fifo, err := openFIFO(fifoPath)
	if err != nil {
		return nil, err
	}
	s, err := openSpool(spoolPath)
	if err != nil {
		fifo.close()
		return nil, err
	}
	o.log.disk.Lock()
	defer o.log.disk.Unlock()
	o.log.file.owe(s)
	return &reader{output: o, stream: stream, fifo: fifo, spool: s}, nil
}

// gather is the pause after a read of at least burst bytes that left nothing in
// the pipe. An app that writes line by line would else wake the reader for each of
// them, which costs both more than the line; meanwhile the pipe has room for ten
// thousand. With a pause after every read a fast app would fill it and have to wait.
const (
	gather = time.Millisecond
	burst  = 1 << 10
)

// run reads until the deadline that Output.stop sets.
func (r *reader) run() {
	r.take(0)
	for {
		n, full, err := r.read(spoolBytes)
		if err == nil && n >= burst && !r.fifo.interrupted.Load() {
			if !full {
				<-time.After(gather)
			}
			continue
		}
		if err == nil {
			err = r.fifo.wait()
		}
		if err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				r.fail(err)
			}
			break
		}
	}
	if r.finish.Load() {
		r.drain()
	}
	// An unfinished line waits in the spool for the next daemon, if it can.
	if r.finish.Load() || r.spool.path == "" {
		r.write(len(r.spool.pending()))
	}
}

// drain reads what is in the pipe now. A grandchild may go on writing for
// ever, so no more than that.
func (r *reader) drain() {
	left, err := r.fifo.waiting()
	for n := 1; err == nil && left > 0 && n > 0; left -= n {
		n, _, err = r.read(left)
	}
	if err != nil {
		r.fail(err)
	}
}

// read moves what is in the pipe, at most so many bytes, into the spool, and
// from there into the log; full tells that there may be more.
func (r *reader) read(most int) (n int, full bool, err error) {
	seen := len(r.spool.pending())
	room := r.spool.room()
	room = room[:min(most, len(room))]
	n, err = r.fifo.read(room)
	r.spool.filled(n)
	r.take(seen)
	return n, n == len(room), err
}

// take writes what can be taken apart of the text in the spool; no line ends
// in its first seen bytes.
func (r *reader) take(seen int) {
	r.write(ready(r.spool.pending(), seen, r.output.log.mask.Load()))
}

// write writes the first n bytes in the spool to the log, as lines.
func (r *reader) write(n int) {
	if n == 0 {
		return
	}
	text := r.output.log.mask.Load().bytes(r.spool.pending()[:n])
	prefix := appendPrefix(nil, time.Now(), r.stream, r.output.id)
	var count int
	r.encoded, count = appendLines(r.encoded[:0], prefix, text)
	r.output.remember(text)
	if err := r.output.log.commit(r.encoded, count, &journal{r.spool, n}); err != nil {
		r.fail(err)
	}
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// close leaves FIFO and spool for the next daemon.
func (r *reader) close() {
	r.fifo.close()
	r.leave()
	r.spool.close()
}

// remove leaves nothing.
func (r *reader) remove() {
	r.fifo.close()
	os.Remove(r.fifo.path)
	r.leave()
	r.spool.remove()
}

func (r *reader) leave() {
	r.output.log.disk.Lock()
	defer r.output.log.disk.Unlock()
	r.output.log.file.leave(r.spool)
}
