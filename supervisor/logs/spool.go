package logs

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// spoolBytes is the room for what was read of a stream: an unfinished line
	// with a secret at its end is below 2*MaxLine, the rest is for reading.
	spoolBytes  = 4 * MaxLine
	headerBytes = 4096 // a page, so that the text is aligned
	spoolMagic  = 0x31304c4f4f505344
	spoolFolder = "spool"
)

// spool holds what was read from a pipe until it stands in the log. It is a
// file in shared memory that the pipe is read into, so that a daemon that is
// killed at any moment, even inside read(2), loses nothing: the kernel keeps
// the pages, and the next daemon goes on from there. (No write is waited for;
// after a loss of power the app is gone too.)
//
// Bytes behind the text are zero, so that the length of a read that was never
// returned from is seen: up to the last byte that is not zero.
type spool struct {
	path   string // "" when the memory is not a file's
	memory []byte
	*header
	text []byte
}

// header is the first page of a spool. The state is one word, so that every
// transition is one store.
type header struct {
	magic  uint64
	state  atomic.Uint64 // phase, start and end of the text that is not in the log
	inode  atomic.Uint64 // of app.log, where it is being written to
	offset atomic.Int64  // the size of app.log before
	length atomic.Int64  // of what is written
	next   atomic.Int64  // start once it is written
	lost   atomic.Int64  // lines that could not be written, and nobody was told
}

type phase uint64

const (
	idle phase = iota
	reading
	writing
)

func (h *header) set(p phase, start, end int) {
	h.state.Store(uint64(p)<<62 | uint64(start)<<31 | uint64(end))
}

func (h *header) get() (p phase, start, end int) {
	const low = 1<<31 - 1
	s := h.state.Load()
	return phase(s >> 62), int(s >> 31 & low), int(s & low)
}

// openSpool maps the spool at path, making it where there is none or none
// that is whole.
func openSpool(path string) (*spool, error) {
	if s, err := mapSpool(path); err == nil {
		return s, nil
	}
	err := makeSpool(path)
	var s *spool
	if err == nil {
		if s, err = mapSpool(path); err == nil {
			return s, nil
		}
	}
	// No room on the disk: the app's output matters more than a kill.
	os.Remove(path)
	memory, anonymous := unix.Mmap(-1, 0, headerBytes+spoolBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if anonymous != nil {
		return nil, fmt.Errorf("cannot make spool: %w", errors.Join(err, anonymous))
	}
	return newSpool("", memory)
}

// makeSpool makes the file with all of its room on the disk: a page of the memory
// that found none would end the daemon.
func makeSpool(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	// Not every file system can promise room: there it is written.
	if unix.Fallocate(int(f.Fd()), 0, 0, headerBytes+spoolBytes) != nil {
		_, err = f.Write(make([]byte, headerBytes+spoolBytes))
	}
	return errors.Join(err, f.Close())
}

func mapSpool(path string) (*spool, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != headerBytes+spoolBytes {
		return nil, fmt.Errorf("%s is not whole", path)
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, headerBytes+spoolBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return newSpool(path, memory)
}

func newSpool(path string, memory []byte) (*spool, error) {
	s := &spool{path: path, memory: memory, header: (*header)(unsafe.Pointer(&memory[0])), text: memory[headerBytes:]}
	if s.magic == 0 {
		s.magic = spoolMagic
	}
	_, start, end := s.get()
	if s.magic != spoolMagic || start > end || end > spoolBytes {
		unix.Munmap(memory)
		return nil, fmt.Errorf("%s is damaged", path)
	}
	return s, nil
}

// close unmaps the spool; the file stays.
func (s *spool) close() { unix.Munmap(s.memory) }

// remove unmaps the spool and removes its file.
func (s *spool) remove() {
	s.close()
	if s.path != "" {
		os.Remove(s.path)
	}
}

// pending returns the text that is not in the log.
func (s *spool) pending() []byte {
	_, start, end := s.get()
	return s.text[start:end]
}

// room returns where the next read goes; filled must follow it.
func (s *spool) room() []byte {
	_, start, end := s.get()
	// Far from the end there is nothing to move, and when there is, what is
	// left is short enough not to overlap with where it goes.
	if start > spoolBytes/2 {
		rest := copy(s.text, s.text[start:end])
		s.set(idle, 0, rest)
		clear(s.text[rest:end])
		start, end = 0, rest
	}
	s.set(reading, start, end)
	return s.text[end:]
}

// filled ends a read of n bytes.
func (s *spool) filled(n int) {
	_, start, end := s.get()
	s.set(idle, start, end+n)
}

// advance drops the first n bytes of the pending text.
func (s *spool) advance(n int) {
	_, start, end := s.get()
	if start += n; start < end {
		s.set(idle, start, end)
		return
	}
	s.set(idle, 0, 0)
	clear(s.text[:end])
}

// journal follows one batch from a spool into the log. A nil journal is one
// of a line that comes from no spool.
type journal struct {
	spool *spool
	n     int // bytes of the pending text that the batch is made of
}

// begin is called before the batch, length bytes in the file, is written.
func (j *journal) begin(inode uint64, offset int64, length int) {
	if j == nil {
		return
	}
	s := j.spool
	_, start, end := s.get()
	s.inode.Store(inode)
	s.offset.Store(offset)
	s.length.Store(int64(length))
	s.next.Store(int64(start + j.n))
	s.set(writing, start, end)
}

// end is called when the batch is written, or given up.
func (j *journal) end() {
	if j != nil {
		j.spool.advance(j.n)
	}
}
