package slot

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// maxWatchPaths bounds the patterns of one slot.
const maxWatchPaths = 100

// Watched reports whether a change of the file is one of a slot with the
// patterns: it, or a folder that it is in, matches one of them. Both are paths
// from the top of the repository, with slashes. Without patterns every file
// is watched.
//
// In a pattern * stands for any text within one name, ? for one character,
// [a-z] for one of several, and ** as a whole name for any number of folders,
// none included.
func Watched(patterns []string, file string) bool {
	names := strings.Split(file, "/")
	for _, p := range patterns {
		parts := strings.Split(strings.TrimSuffix(p, "/"), "/")
		for n := len(names); n > 0; n-- {
			if matchNames(parts, names[:n]) {
				return true
			}
		}
	}
	return len(patterns) == 0
}

// matchNames matches a pattern against a path, name by name. States are the
// places in the pattern that the names so far can have led to, so that no
// pattern takes long.
func matchNames(pattern, names []string) bool {
	at := make([]bool, len(pattern)+1)
	at[0] = true
	pass := func() { // ** also stands for no folder
		for i, part := range pattern {
			if at[i] && part == "**" {
				at[i+1] = true
			}
		}
	}
	pass()
	for _, name := range names {
		next := make([]bool, len(at))
		for i, part := range pattern {
			if !at[i] {
				continue
			}
			if part == "**" {
				next[i] = true
			} else if ok, _ := path.Match(part, name); ok {
				next[i+1] = true
			}
		}
		at = next
		pass()
	}
	return at[len(pattern)]
}

// validateWatchPaths checks the patterns of the field.
func validateWatchPaths(field string, patterns []string) error {
	if len(patterns) > maxWatchPaths {
		return usage(field, fmt.Sprintf("%d patterns", len(patterns)), fmt.Sprintf("%d at most", maxWatchPaths))
	}
	for _, p := range patterns {
		if err := watchPath(p); err != nil {
			return usage(field, fmt.Sprintf("%q, %v", p, err), "patterns of paths from the top of the repository, such as apps/web/**")
		}
	}
	return nil
}

func watchPath(p string) error {
	switch {
	case p == "":
		return errors.New("which is empty")
	case strings.HasPrefix(p, "/"):
		return errors.New("which begins with /")
	case strings.HasPrefix(p, "!"):
		return errors.New("which would leave files out")
	case strings.ContainsAny(p, "\x00\r\n\\"):
		return errors.New("which has a character that no path here has")
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(p, "/"), "/") {
		_, err := path.Match(part, "")
		switch {
		case part == "", part == ".", part == "..":
			return fmt.Errorf("with %q between its slashes", part)
		case err != nil:
			return errors.New("with a bracket that does not end")
		case strings.Contains(part, "**") && part != "**":
			return errors.New("in which ** is only a part of a name")
		}
	}
	return nil
}
