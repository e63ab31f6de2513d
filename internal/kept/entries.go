package kept

import (
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Entry is a kept folder of one key, as somebody sees it who bounds the size
// of several caches.
type Entry struct {
	Dir    string
	UsedAt time.Time
}

// Entries lists what the caches directly below dir keep, that first which was
// not used for longest.
func Entries(dir string) ([]Entry, error) {
	var all []Entry
	caches, err := os.ReadDir(dir)
	for _, c := range caches {
		if !c.IsDir() {
			continue
		}
		entries, err := os.ReadDir(filepath.Join(dir, c.Name()))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			entry := filepath.Join(dir, c.Name(), e.Name())
			if info, err := os.Lstat(filepath.Join(entry, recordName)); err == nil && info.Mode().IsRegular() {
				all = append(all, Entry{Dir: entry, UsedAt: info.ModTime()})
			}
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return a.UsedAt.Compare(b.UsedAt) })
	return all, err
}
