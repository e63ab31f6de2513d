package kept

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// tree is what is known of a folder after a walk over it.
type tree struct {
	stamp string // of all names, modes, sizes, times and links
	bytes int64
}

// copyTree makes dst a tree like src, as cheaply as is safe: sharing blocks
// where the file system clones files, else sharing whole files, which are made
// read-only so that a write into one tree cannot reach another, else, where
// read-only binds nobody because root runs the apps, by copying. The result
// describes src.
func (c Cache) copyTree(src, dst string) (tree, error) {
	if err := os.Mkdir(dst, 0o755); err != nil {
		return tree{}, err
	}
	var whole atomic.Bool // this file system does not share blocks
	var free atomic.Bool  // this user may write to read-only files
	share := func(from, to string, info fs.FileInfo) error {
		if !whole.Load() {
			if cloneFile(from, to, info) == nil {
				return nil
			}
			whole.Store(true)
			if err := os.RemoveAll(to); err != nil {
				return err
			}
		}
		if free.Load() {
			return copyFile(from, to, info)
		}
		err := linkFile(from, to, info)
		if errors.Is(err, errWritable) {
			free.Store(true)
			return copyFile(from, to, info)
		}
		return err
	}
	return c.walkTree(src, func(rel string, info fs.FileInfo) error {
		from, to := filepath.Join(src, rel), filepath.Join(dst, rel)
		switch {
		case info.IsDir():
			return os.Mkdir(to, info.Mode().Perm()|0o700)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(from)
			if err != nil {
				return err
			}
			return os.Symlink(target, to)
		case !info.Mode().IsRegular():
			return fmt.Errorf("cannot keep %q: not a file", rel)
		case c.Own != nil && c.Own(rel):
			return copyFile(from, to, info)
		}
		return share(from, to, info)
	})
}

// stampTree describes a tree.
func (c Cache) stampTree(dir string) (tree, error) {
	return c.walkTree(dir, func(string, fs.FileInfo) error { return nil })
}

// walkTree visits everything below dir, a folder before what is in it, and
// the subtrees of its entries at the same time.
func (c Cache) walkTree(dir string, visit func(rel string, info fs.FileInfo) error) (tree, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return tree{}, err
	}
	sums := make([]hash.Hash, len(entries))
	sizes := make([]int64, len(entries))
	errs := make([]error, len(entries))
	var group sync.WaitGroup
	workers := make(chan struct{}, 2*runtime.NumCPU()) // they wait for the disk, mostly
	for i, e := range entries {
		if c.Skip != nil && c.Skip(e.Name()) {
			continue
		}
		workers <- struct{}{}
		group.Go(func() {
			defer func() { <-workers }()
			sums[i] = sha256.New()
			sizes[i], errs[i] = walkEntry(dir, e.Name(), sums[i], visit)
		})
	}
	group.Wait()
	var t tree
	all := sha256.New()
	for i, sum := range sums {
		if sum != nil {
			all.Write(sum.Sum(nil))
			t.bytes += sizes[i]
		}
	}
	t.stamp = hex.EncodeToString(all.Sum(nil))
	return t, errors.Join(errs...)
}

func walkEntry(dir, entry string, sum io.Writer, visit func(string, fs.FileInfo) error) (size int64, err error) {
	err = filepath.WalkDir(filepath.Join(dir, entry), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel := path[len(dir)+1:]
		fmt.Fprintf(sum, "%q %o", rel, info.Mode())
		if info.Mode().IsRegular() {
			fmt.Fprintf(sum, " %d %d", info.Size(), info.ModTime().UnixNano())
			size += info.Size()
		}
		fmt.Fprintln(sum)
		return visit(rel, info)
	})
	return size, err
}

// cloneFile makes a copy that shares its blocks until one of them is written.
func cloneFile(from, to string, info fs.FileInfo) error {
	return fill(from, to, info, func(dst, src *os.File) error {
		return unix.IoctlFileClone(int(dst.Fd()), int(src.Fd()))
	})
}

// errWritable is why a file must not be shared.
var errWritable = errors.New("it can be written to though it is read-only")

// linkFile makes a second name for a read-only file; across file systems it
// copies. errWritable leaves the file as it was.
func linkFile(from, to string, info fs.FileInfo) error {
	if info.Mode().Perm()&0o222 != 0 {
		if err := os.Chmod(from, info.Mode().Perm()&^0o222); err != nil {
			return err
		}
	}
	if unix.Faccessat(unix.AT_FDCWD, from, unix.W_OK, unix.AT_EACCESS) == nil {
		return errors.Join(errWritable, os.Chmod(from, info.Mode().Perm()))
	}
	err := os.Link(from, to)
	if errors.Is(err, unix.EXDEV) || errors.Is(err, unix.EMLINK) || errors.Is(err, unix.EPERM) {
		return copyFile(from, to, info)
	}
	return err
}

func copyFile(from, to string, info fs.FileInfo) error {
	return fill(from, to, info, func(dst, src *os.File) error {
		_, err := io.Copy(dst, src)
		return err
	})
}

// fill makes the file to with from's mode and time.
func fill(from, to string, info fs.FileInfo, content func(dst, src *os.File) error) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	err = content(dst, src)
	return errors.Join(err, dst.Close(), os.Chtimes(to, info.ModTime(), info.ModTime()))
}
