package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// resolver finds out where paths lead and asks for each name in a folder once:
// the hundreds of paths of a policy share most of their folders, and an app
// waits for it. It holds for one look at the file system, and is not kept.
type resolver map[string]place // by the name's path, in a folder without links

// place is where a name leads.
type place struct {
	path string // without links
	dir  bool
	link bool  // a link leads there
	err  error // why it leads nowhere; the rest is not set, but for link
}

// deepest bounds links that lead to links, as filepath.EvalSymlinks does.
const deepest = 255

// find is filepath.EvalSymlinks for an absolute path; no other is found.
func (r resolver) find(path string) place {
	if !filepath.IsAbs(path) {
		return place{err: os.ErrNotExist}
	}
	return r.walk(place{path: "/", dir: true}, path, 0)
}

func (r resolver) walk(at place, path string, depth int) place {
	for path != "" && at.err == nil {
		var name string
		switch name, path, _ = strings.Cut(path, "/"); {
		case name == "":
		case !at.dir:
			at.err = syscall.ENOTDIR
		case name == ".":
		case name == "..":
			at.path = filepath.Dir(at.path)
		default:
			to := r.step(at.path, name, depth)
			to.link = to.link || at.link
			at = to
		}
	}
	return at
}

// step is one name in a folder without links.
func (r resolver) step(dir, name string, depth int) place {
	path := strings.TrimSuffix(dir, "/") + "/" + name
	if known, ok := r[path]; ok {
		return known
	}
	to := look(path)
	if to.link {
		to = r.follow(dir, path, depth)
	}
	r[path] = to
	return to
}

func look(path string) place {
	info, err := os.Lstat(path)
	if err != nil {
		return place{err: err}
	}
	return place{path: path, dir: info.IsDir(), link: info.Mode()&os.ModeSymlink != 0}
}

func (r resolver) follow(dir, path string, depth int) place {
	target, err := os.Readlink(path)
	if err == nil && depth == deepest {
		err = syscall.ELOOP
	}
	if err != nil {
		return place{link: true, err: err}
	}
	if filepath.IsAbs(target) {
		dir = "/"
	}
	return r.walk(place{path: dir, dir: true, link: true}, target, depth+1)
}

// existing returns the paths that exist, without links.
func (r resolver) existing(paths []string) []string {
	found := make([]string, 0, len(paths))
	for _, path := range paths {
		to := r.find(path)
		if to.err == nil {
			found = append(found, to.path)
		} else if to.link {
			if _, err := os.Stat(path); err == nil {
				found = append(found, path) // a link of /proc to a program that was replaced
			}
		}
	}
	return found
}

func (r resolver) reals(paths []string) []string {
	found := make([]string, len(paths))
	for i, path := range paths {
		found[i] = r.real(path)
	}
	return found
}

// real is path without links as far as it exists.
func (r resolver) real(path string) string {
	if to := r.find(path); to.err == nil {
		return to.path
	}
	dir, name := filepath.Split(filepath.Clean(path))
	if dir == "" || name == "" {
		return path
	}
	return filepath.Join(r.real(filepath.Clean(dir)), name)
}
