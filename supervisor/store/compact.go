package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/slot-paas/slot/slot"
)

// leastRoom is how many bytes the history may always have: about what a
// thousand deployments take, four records of 1 KiB each. Beyond it, the file
// may be twice as long as what is kept of it, so that a deployment costs the
// same on average however many there were.
const leastRoom = 4 << 20

// place is where a line stands in the history, without its end.
type place struct {
	slot       slot.Name
	start, end int64
}

// compact writes the history anew with the last line of each deployment that
// is kept. The file is replaced as a whole: killed at any moment, it is the
// old or the new one. When it cannot be written the old one goes on; that is
// tried again when it has grown by as much again as is always allowed.
func (s *Store) compact(size int64) {
	kept, err := compactHistory(s.layout.History())
	if err != nil {
		s.history.room = size + leastRoom
		return
	}
	s.history.room = max(leastRoom, 2*kept)
}

func compactHistory(path string) (size int64, err error) {
	old, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer old.Close()
	places, err := scanHistory(old)
	if err != nil {
		return 0, err
	}
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(f)
	for _, id := range keptIDs(places) {
		var n int64
		n, err = io.Copy(w, io.NewSectionReader(old, places[id].start, places[id].end-places[id].start))
		if err == nil {
			err = w.WriteByte('\n')
		}
		if size += n + 1; err != nil {
			break
		}
	}
	err = errors.Join(err, w.Flush(), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return 0, err
	}
	return size, syncDir(filepath.Dir(path))
}

// scanHistory finds the last line of each deployment. Lines that do not parse
// are what a killed daemon left; they are passed over.
func scanHistory(f io.Reader) (map[int64]place, error) {
	places := map[int64]place{}
	r := bufio.NewReaderSize(f, 64<<10)
	var at int64
	for {
		line, err := readLine(r)
		var d struct {
			ID   int64     `json:"id"`
			Slot slot.Name `json:"slot"`
		}
		if json.Unmarshal(line, &d) == nil && 0 < d.ID && d.ID < maxID && d.Slot.Valid() {
			if known, ok := places[d.ID]; !ok || known.slot == d.Slot {
				places[d.ID] = place{d.Slot, at, at + int64(len(bytes.TrimSuffix(line, []byte("\n"))))}
			}
		}
		at += int64(len(line))
		if errors.Is(err, io.EOF) {
			return places, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// readLine returns the next line with its end. The bytes are good until the
// next call where the line fits the buffer, which nearly all do.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	line = bytes.Clone(line)
	rest, err := r.ReadBytes('\n')
	return append(line, rest...), err
}

// keptIDs returns the newest of each slot, oldest first.
func keptIDs(places map[int64]place) []int64 {
	left := map[slot.Name]int{}
	ids := slices.Sorted(maps.Keys(places))
	var kept []int64
	for i := len(ids) - 1; i >= 0; i-- {
		n := places[ids[i]].slot
		if left[n]++; left[n] <= keptDeployments {
			kept = append(kept, ids[i])
		}
	}
	slices.Reverse(kept)
	return kept
}

// loadHistory reads the records that are kept. A file that is longer than it
// should be is compacted with the next record: an opened store changes nothing.
func (s *Store) loadHistory() error {
	s.history.byID, s.history.ids = map[int64]slot.Deployment{}, map[slot.Name][]int64{}
	s.history.room = leastRoom
	path := s.layout.History()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return damaged(path, err)
	}
	defer f.Close()
	places, err := scanHistory(f)
	if err != nil {
		return damaged(path, err)
	}
	kept := int64(0)
	for _, id := range keptIDs(places) {
		p := places[id]
		line := make([]byte, p.end-p.start)
		if _, err := f.ReadAt(line, p.start); err != nil {
			return damaged(path, err)
		}
		kept += p.end - p.start + 1
		d := slot.Deployment{ID: id, Slot: p.slot}
		if err := json.Unmarshal(line, &d); err != nil {
			d = slot.Deployment{ID: id, Slot: p.slot} // its number at least is not given again
		}
		s.history.add(d)
	}
	s.history.room = max(leastRoom, 2*kept)
	return nil
}
