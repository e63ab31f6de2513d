package ruby

import (
	"io/fs"
	"os"
	"path/filepath"
)

// store is Bundler's folder of downloads during one build. Bundler writes a
// gem into its place piece by piece, and takes one that is there for whole; so
// a build that is ended, or one beside it, would leave or meet a torn one. Each
// build therefore has a folder of its own, with links to the gems of all slots,
// and adds its new ones when Bundler has ended.
type store struct {
	own, shared string
}

// openStore fills the build's folder. The index of a server is shared itself:
// Bundler renames its files into place and checks them.
func openStore(tmp, sharedDir string) (store, error) {
	s := store{own: filepath.Join(tmp, "bundler"), shared: filepath.Join(sharedDir, "gems")}
	index := filepath.Join(sharedDir, "compact_index")
	for _, dir := range []string{s.own, s.shared, index} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return s, err
		}
	}
	if err := os.Symlink(index, filepath.Join(s.own, "compact_index")); err != nil {
		return s, err
	}
	linkAll(s.shared, filepath.Join(s.own, "gems"))
	return s, nil
}

// keep adds the build's new gems to those of all slots. It is called when
// nothing writes to the build's folder any more.
func (s store) keep() { linkAll(filepath.Join(s.own, "gems"), s.shared) }

// linkAll links each file below from to the same place below to, where there
// is none. A link appears whole or not at all; one that cannot be made costs a
// download later.
func linkAll(from, to string) {
	_ = filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case e.IsDir():
			_ = os.MkdirAll(filepath.Join(to, rel), 0o755)
		case filepath.Ext(rel) == ".gem" && e.Type().IsRegular():
			_ = os.Link(path, filepath.Join(to, rel))
		}
		return nil
	})
}
