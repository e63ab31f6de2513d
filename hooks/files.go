package hooks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// MaxFile is the largest file in bytes that Files.Read reads. Source: the
// contract's bound on Detect.
const MaxFile = 1 << 20

// Files reads an app's folder and nothing else: a link that leads out of the
// folder is an error, and so is anything that is not a regular file. Close it.
type Files struct {
	root *os.Root
}

// OpenFiles opens the folder of an app.
func OpenFiles(dir string) (*Files, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Files{root}, nil
}

// Close gives the folder back.
func (f *Files) Close() error { return f.root.Close() }

// Open opens a regular file, however large; the path is relative with
// slashes.
func (f *Files) Open(name string) (*os.File, error) {
	// O_NONBLOCK: opening a FIFO for reading would wait for a writer.
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("cannot read %q: not a regular file", name)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Read returns a file of at most MaxFile bytes. Without the file the error
// wraps fs.ErrNotExist.
func (f *Files) Read(name string) ([]byte, error) {
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = fmt.Errorf("cannot read %q: larger than %d bytes", name, MaxFile)
	}
	return data, err
}

// Exists reports whether name is a regular file.
func (f *Files) Exists(name string) bool {
	info, err := f.root.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// IsDir reports whether name is a folder.
func (f *Files) IsDir(name string) bool {
	info, err := f.root.Stat(name)
	return err == nil && info.IsDir()
}

// First returns the first of the names that is a regular file, "" for none.
func (f *Files) First(names ...string) string {
	for _, name := range names {
		if f.Exists(name) {
			return name
		}
	}
	return ""
}

// List returns the entries of a folder by name, none when it is not there.
func (f *Files) List(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}
