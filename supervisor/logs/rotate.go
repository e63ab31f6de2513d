package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// rotating is app.log and the files before it. Its user locks it.
type rotating struct {
	path  string
	max   int64
	keep  int
	f     *os.File // nil once closed
	whole int64    // the size after the last write, which ended with a line
	lost  int      // lines that could not be written since the last that could
	owed  []*spool // those that have a part of lost in their memory
}

func (r *rotating) open() error {
	f, err := os.OpenFile(r.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("cannot open log: %w", err)
	}
	r.f = f
	return nil
}

func (r *rotating) close() error {
	if r.f == nil {
		return nil
	}
	err := r.f.Close()
	r.f = nil
	return err
}

// write adds a batch of n lines as a whole or not at all, rotating before
// where it would grow the file beyond its size. A rotation that fails is
// tried again by the next write; meanwhile the file grows.
func (r *rotating) write(batch []byte, n int, j *journal) error {
	defer j.end()
	if r.f == nil {
		return fmt.Errorf("cannot write log: %w", errClosed)
	}
	var st unix.Stat_t
	rotation, err := r.prepare(int64(len(batch)), &st)
	if err == nil {
		if extra := r.before(st.Size); extra != nil {
			batch = append(extra, batch...)
		}
		j.begin(st.Ino, st.Size, len(batch))
		if _, err = r.f.Write(batch); err != nil {
			err = errors.Join(err, r.f.Truncate(st.Size))
		} else {
			r.whole = st.Size + int64(len(batch))
		}
	}
	if err != nil {
		r.lose(n, j)
		return fmt.Errorf("cannot write log: %w", err)
	}
	r.told()
	return rotation
}

// lose counts n lines that could not be written; in the memory of the spool,
// too, so that a kill does not make them forgotten.
func (r *rotating) lose(n int, j *journal) {
	r.lost += n
	if j == nil {
		return
	}
	j.spool.lost.Add(int64(n))
	if !slices.Contains(r.owed, j.spool) {
		r.owed = append(r.owed, j.spool)
	}
}

// owe takes over what an earlier daemon lost of the spool's stream.
func (r *rotating) owe(s *spool) {
	if n := s.lost.Load(); n > 0 {
		r.lost += int(n)
		r.owed = append(r.owed, s)
	}
}

// told forgets what the file now tells of.
func (r *rotating) told() {
	for _, s := range r.owed {
		s.lost.Store(0)
	}
	r.lost, r.owed = 0, nil
}

// leave lets go of a spool whose memory ends.
func (r *rotating) leave(s *spool) {
	r.owed = slices.DeleteFunc(r.owed, func(o *spool) bool { return o == s })
}

// prepare makes a new app.log when someone removed it, or when length more
// bytes are too many for it, and tells of the file that is to be written to.
func (r *rotating) prepare(length int64, st *unix.Stat_t) (rotation, err error) {
	if err := unix.Fstat(int(r.f.Fd()), st); err != nil {
		return nil, err
	}
	removed := st.Nlink == 0
	if !removed && (st.Size == 0 || st.Size+length <= r.max) {
		return nil, nil
	}
	rotation = r.rotate(removed)
	return rotation, unix.Fstat(int(r.f.Fd()), st)
}

// rotate begins a new app.log; the last one stays unless it was removed.
func (r *rotating) rotate(removed bool) error {
	// The new file comes first: if it cannot be made, nothing has moved.
	f, err := os.OpenFile(r.path+".new", os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot rotate log: %w", err)
	}
	for i := r.keep; i > 0 && !removed; i-- {
		if err := os.Rename(r.name(i-1), r.name(i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot rotate log: %w", errors.Join(err, f.Close()))
		}
	}
	if err := os.Rename(r.path+".new", r.path); err != nil {
		return fmt.Errorf("cannot rotate log: %w", errors.Join(err, f.Close()))
	}
	err = r.f.Close()
	r.f, r.whole = f, 0
	return err
}

// name returns the path of the i-th file back; 0 is app.log.
func (r *rotating) name(i int) string {
	if i == 0 {
		return r.path
	}
	return r.path + "." + strconv.Itoa(i)
}

// before returns what must stand before the next batch: the end of a line
// that was left torn, and a note on lost lines.
func (r *rotating) before(size int64) []byte {
	var extra []byte
	last := []byte{'\n'}
	if size > 0 && size != r.whole {
		r.f.ReadAt(last, size-1)
	}
	if last[0] != '\n' {
		extra = append(extra, '\n')
	}
	if r.lost > 0 {
		extra = appendPrefix(extra, time.Now(), Slot, "")
		extra = fmt.Appendf(extra, "[%d lines are missing here: they could not be written]\n", r.lost)
	}
	return extra
}

// snapshot opens the files for reading, newest first, with the size that each
// has now.
func (r *rotating) snapshot() (files []*os.File, sizes []int64, err error) {
	for i := range r.keep + 1 {
		f, err := os.Open(r.name(i))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var info os.FileInfo
		if err == nil {
			files = append(files, f)
			info, err = f.Stat()
		}
		if err != nil {
			closeAll(files)
			return nil, nil, fmt.Errorf("cannot read log: %w", err)
		}
		sizes = append(sizes, info.Size())
	}
	return files, sizes, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
