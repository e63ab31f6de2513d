package admin

import (
	"maps"
	"slices"
)

// envDiff is which variables differ between two releases: names, never values.
type envDiff struct{ Added, Changed, Removed []string }

// Any reports whether there is a difference.
func (d envDiff) Any() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) > 0 }

func diffEnv(before, after map[string]string) (d envDiff) {
	for _, name := range slices.Sorted(maps.Keys(after)) {
		old, was := before[name]
		switch {
		case !was:
			d.Added = append(d.Added, name)
		case old != after[name]:
			d.Changed = append(d.Changed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, is := after[name]; !is {
			d.Removed = append(d.Removed, name)
		}
	}
	return d
}
