package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/slot"
)

// historyChunk is how many bytes of the history's end are read first: about
// what a thousand usual deployments take, four records of 1 KiB each.
const historyChunk = 4 << 20

// maxID is the first whole number that JavaScript cannot count on from; an
// ID that large was not given by us.
const maxID = 1 << 53

// appendRecord adds one line to the history and waits for the disk. A line
// that a killed daemon left unfinished is closed first; one that a full disk
// cuts short is taken back.
func appendRecord(path string, d slot.Deployment) error {
	line, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("cannot encode deployment %d: %w", d.ID, err)
	}
	line = append(line, '\n')
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return writeError(path, err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return writeError(path, err)
	}
	last := []byte{'\n'}
	if size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return writeError(path, err)
		}
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	_, err = f.Write(line)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return writeError(path, errors.Join(err, f.Truncate(size)))
	}
	if size == 0 {
		return syncDir(filepath.Dir(path))
	}
	return nil
}

// readRecords returns the records at the end of the history, oldest first: so
// many that at least want deployments are among them, if there are so many.
// Lines that do not parse are what a killed daemon left; they are passed over.
func readRecords(path string, want int) ([]slot.Deployment, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, damaged(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, damaged(path, err)
	}
	for chunk := int64(historyChunk); ; chunk *= 4 {
		start := max(0, info.Size()-chunk)
		data, err := io.ReadAll(io.NewSectionReader(f, start, info.Size()-start))
		if err != nil {
			return nil, damaged(path, err)
		}
		if start > 0 { // most likely in the middle of a line
			data = data[bytes.IndexByte(data, '\n')+1:]
		}
		records := parseRecords(data)
		ids := map[int64]bool{}
		for _, d := range records {
			ids[d.ID] = true
		}
		if start == 0 || len(ids) >= want {
			return records, nil
		}
	}
}

func parseRecords(data []byte) []slot.Deployment {
	var records []slot.Deployment
	for line := range bytes.Lines(data) {
		var d slot.Deployment
		if json.Unmarshal(line, &d) == nil && 0 < d.ID && d.ID < maxID && d.Slot.Valid() {
			records = append(records, d)
		}
	}
	return records
}
