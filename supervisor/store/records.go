package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
)

// maxID is the first whole number that JavaScript cannot count on from; an
// ID that large was not given by us.
const maxID = 1 << 53

// appendRecord adds one record to the history; sync waits for the disk. It
// returns how many bytes the history has now.
func appendRecord(path string, d slot.Deployment, sync func(*os.File) error) (int64, error) {
	line, err := json.Marshal(d)
	if err != nil {
		return 0, fmt.Errorf("cannot encode deployment %d: %w", d.ID, err)
	}
	return appendLines(path, append(line, '\n'), sync)
}

// appendLines adds whole lines to a file of records; sync waits for the disk. A
// line that a killed daemon left unfinished is closed first; lines that a full
// disk cuts short are taken back. It returns how many bytes the file has now.
func appendLines(path string, line []byte, sync func(*os.File) error) (int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return 0, writeError(path, err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, writeError(path, err)
	}
	last := []byte{'\n'}
	if size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return 0, writeError(path, err)
		}
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	_, err = f.Write(line)
	if err == nil {
		err = sync(f)
	}
	if err != nil {
		return 0, writeError(path, errors.Join(err, f.Truncate(size)))
	}
	if size == 0 {
		err = syncDir(filepath.Dir(path))
	}
	return size + int64(len(line)), err
}
