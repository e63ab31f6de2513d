package node

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
)

// maxMembers bounds how many packages of a workspace are looked at. Source:
// the contract's bound on the files that Detect reads, halved.
const maxMembers = 100

// member is a package of a workspace.
type member struct {
	dir      string // in the workspace, with slashes
	manifest manifest
}

// members returns the packages by their folders' names.
func (w *workspace) members() []member {
	var found []member
	deepest := 1
	for _, pattern := range w.patterns {
		depth := strings.Count(strings.TrimSuffix(pattern, "/"), "/") + 1
		if strings.Contains(pattern, "**") {
			depth = 5
		}
		deepest = max(deepest, depth)
	}
	_ = filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() || path == w.dir {
			return nil
		}
		if e.Name() == "node_modules" || strings.HasPrefix(e.Name(), ".") {
			return fs.SkipDir
		}
		rel, _ := filepath.Rel(w.dir, path)
		rel = filepath.ToSlash(rel)
		if w.holds(rel) {
			if m, ok := readMember(w.dir, rel); ok {
				if found = append(found, m); len(found) == maxMembers {
					return fs.SkipAll
				}
			}
		}
		if strings.Count(rel, "/")+1 >= deepest {
			return fs.SkipDir
		}
		return nil
	})
	return found
}

func readMember(top, rel string) (member, bool) {
	files, err := hooks.OpenFiles(filepath.Join(top, rel))
	if err != nil {
		return member{}, false
	}
	defer files.Close()
	data, err := files.Read("package.json")
	if err != nil {
		return member{}, false
	}
	m, err := parseManifest(data)
	return member{rel, m}, err == nil
}

// needs returns the packages of the workspace that the app is made of and that
// have a build script, each after those it needs itself.
func (w *workspace) needs(m manifest) []member {
	byName := map[string]member{}
	for _, each := range w.members() {
		byName[each.manifest.name] = each
	}
	var order []member
	seen := map[string]bool{m.name: true}
	var visit func(manifest)
	visit = func(m manifest) {
		names := slices.Concat(slices.Sorted(maps.Keys(m.dependencies)), slices.Sorted(maps.Keys(m.devDependencies)))
		for _, name := range names {
			needed, ok := byName[name]
			if !ok || seen[name] {
				continue
			}
			seen[name] = true
			visit(needed.manifest)
			if needed.manifest.scripts["build"] != "" {
				order = append(order, needed)
			}
		}
	}
	visit(m)
	return order
}

// apps returns the folders of the packages that can be deployed: those with a
// start script or a framework; libraries have neither.
func (w *workspace) apps() (dirs []string) {
	for _, each := range w.members() {
		files, err := hooks.OpenFiles(filepath.Join(w.dir, each.dir))
		if err != nil {
			continue
		}
		c := choose(files, each.manifest, manager{})
		files.Close()
		known := c.framework != "node" && c.framework != "static"
		if c.problem == nil && (known || each.manifest.scripts["start"] != "") {
			dirs = append(dirs, each.dir)
		}
	}
	return dirs
}

// linkPrograms makes the programs of the workspace's modules programs of the
// app's: a launch plan names folders of the app alone.
func (w *workspace) linkPrograms() error {
	top := filepath.Join(w.dir, "node_modules", ".bin")
	programs, err := os.ReadDir(top)
	if err != nil || w.here == "." {
		return nil // none were installed there
	}
	own := filepath.Join(w.dir, filepath.FromSlash(w.here), "node_modules", ".bin")
	if err := os.MkdirAll(own, 0o755); err != nil {
		return err
	}
	back, err := filepath.Rel(own, top)
	if err != nil {
		return err
	}
	for _, p := range programs {
		link := filepath.Join(own, p.Name())
		if _, err := os.Lstat(link); err == nil || p.Type() != fs.ModeSymlink {
			continue // a script in a link's place would look beside the link
		}
		if err := os.Symlink(filepath.Join(back, p.Name()), link); err != nil {
			return err
		}
	}
	return nil
}
