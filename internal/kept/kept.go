// Package kept keeps folders that take long to make, such as installed
// dependencies, and puts them back at once, under any path. It owns the files
// of a cache and their integrity; what a key stands for is its users' business.
// It holds nothing open and starts nothing that outlives a call.
package kept

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// keysKept is how many folders one cache keeps: the current one, the one
// before and a branch's.
const keysKept = 3

// Cache keeps one folder for each key, with a record. A key stands for
// everything that decides what is in the folder. Entries are written under
// another name and renamed, so a torn one is never found. The functions may be
// nil.
type Cache struct {
	Dir string // of this cache alone; made when it is not there
	Key string // a file name

	Skip  func(name string) bool // entries of the folder, by name, that are not kept
	Own   func(rel string) bool  // files below that are written to: never shared between copies
	Whole func(dir string) error // why a folder is not a finished one
}

// record is what is known of an entry.
type record struct {
	Stamp string          `json:"stamp"` // of the tree, so that a write into it is noticed
	Bytes int64           `json:"bytes"`
	Note  json.RawMessage `json:"note,omitempty"`
}

const (
	recordName = "record.json"
	treeName   = "tree"
)

// Restore brings the kept folder to dir, in the place of what is there, and
// its note into note. Without one that can be used it returns false, and dir
// may be gone.
func (c Cache) Restore(dir string, note any) (bytes int64, ok bool, err error) {
	entry := filepath.Join(c.Dir, c.Key)
	var r record
	data, err := os.ReadFile(filepath.Join(entry, recordName))
	if err != nil || json.Unmarshal(data, &r) != nil || json.Unmarshal(r.Note, note) != nil {
		return 0, false, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return 0, false, err
	}
	tree, err := c.copyTree(filepath.Join(entry, treeName), dir)
	if err == nil && tree.stamp == r.Stamp && c.whole(dir) == nil {
		now := time.Now()
		return r.Bytes, true, os.Chtimes(filepath.Join(entry, recordName), now, now)
	}
	// Somebody wrote into the tree, or it is torn: it serves nobody any more.
	return 0, false, errors.Join(os.RemoveAll(dir), os.RemoveAll(entry))
}

// Save keeps dir and a note about it, and drops the entries that were not used
// for longest. Files of dir that are shared with the entry become read-only.
func (c Cache) Save(dir string, note any) (bytes int64, err error) {
	if err := c.whole(dir); err != nil {
		return 0, err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return 0, err
	}
	partial, err := os.MkdirTemp(c.Dir, "partial-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(partial)
	target := filepath.Join(partial, treeName)
	if _, err := c.copyTree(dir, target); err != nil {
		return 0, err
	}
	tree, err := c.stampTree(target)
	if err != nil {
		return 0, err
	}
	r := record{Stamp: tree.stamp, Bytes: tree.bytes}
	if r.Note, err = json.Marshal(note); err != nil {
		return 0, err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(partial, recordName), data, 0o600); err != nil {
		return 0, err
	}
	entry := filepath.Join(c.Dir, c.Key)
	if err := errors.Join(os.RemoveAll(entry), os.Rename(partial, entry)); err != nil {
		return 0, err
	}
	return tree.bytes, c.prune()
}

func (c Cache) whole(dir string) error {
	if c.Whole == nil {
		return nil
	}
	return c.Whole(dir)
}

// prune keeps the entries used last.
func (c Cache) prune() error {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return err
	}
	used := func(e fs.DirEntry) time.Time {
		info, err := os.Stat(filepath.Join(c.Dir, e.Name(), recordName))
		if err != nil {
			return time.Time{} // torn: first to go
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(used(b).UnixNano(), used(a).UnixNano()) })
	for _, e := range entries[min(keysKept, len(entries)):] {
		err = errors.Join(err, os.RemoveAll(filepath.Join(c.Dir, e.Name())))
	}
	return err
}
