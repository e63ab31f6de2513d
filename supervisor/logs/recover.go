package logs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// recoverSpools brings the spools of a daemon that was killed into order
// before anything else is written to app.log, f. Those with nothing in them
// are removed; Attach goes on with the others.
func recoverSpools(dir string, f *os.File) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot open log: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		s, err := mapSpool(path)
		if err != nil { // killed while it was made
			os.Remove(path)
			continue
		}
		if err := s.recover(f); err != nil {
			s.close()
			return fmt.Errorf("cannot repair log: %w", err)
		}
		if len(s.pending()) == 0 && s.lost.Load() == 0 {
			s.remove()
		} else {
			s.close()
		}
	}
	return nil
}

// recover decides what became of the read or the write that a kill cut off.
func (s *spool) recover(f *os.File) error {
	p, start, end := s.get()
	switch p {
	case reading:
		end += len(bytes.TrimRight(s.text[end:], "\x00"))
		s.set(idle, start, end)
	case writing:
		written, err := s.settle(f)
		if err != nil {
			return err
		}
		s.set(idle, start, end)
		if written {
			s.advance(min(max(int(s.next.Load())-start, 0), end-start))
		}
	}
	_, _, end = s.get()
	clear(s.text[end:])
	return nil
}

// settle reports whether the batch that was being written stands in app.log.
// One that stands there in part is taken back: it is the last in the file,
// since there is one writer.
func (s *spool) settle(f *os.File) (bool, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return false, err
	}
	before := s.offset.Load()
	switch whole := before + s.length.Load(); {
	case st.Ino != s.inode.Load() || st.Size < before: // someone else changed it
		return true, nil
	case st.Size >= whole:
		return true, nil
	}
	return false, f.Truncate(before)
}
