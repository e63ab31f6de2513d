package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// seal is what an artefact's folder held at one moment: the names of its
// files, without those that only tools look after. What has another name, or a
// later time than the seal itself, was written since.
type seal struct {
	at    time.Time
	names map[string]bool // relative to the artefact's src, with /
}

// The seals are files beside src: a name on each line, quoted as Go does where
// it has a line break of its own.
const (
	builtSeal   = "built"   // when the build was done
	startedSeal = "started" // before the app ran for the first time, its release command done
)

// maxWalk bounds a look at an app's own files: with dependencies and caches
// left out, an app of twenty thousand files is a large one.
const maxWalk = 20_000

// writeSeal writes down what is in the artefact now.
func writeSeal(artefact, name string) error {
	var b strings.Builder
	err := walkOwn(filepath.Join(artefact, "src"), func(rel string, _ fs.DirEntry) error {
		fmt.Fprintln(&b, sealed(rel))
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot list the files of the release: %w", err)
	}
	return os.WriteFile(filepath.Join(artefact, name), []byte(b.String()), 0o600)
}

func sealed(name string) string {
	if strings.ContainsAny(name, "\r\n") {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// readSeal returns a seal of the artefact; false for one without.
func readSeal(artefact, name string) (seal, bool) {
	path := filepath.Join(artefact, name)
	info, err := os.Stat(path)
	if err != nil {
		return seal{}, false
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return seal{}, false
	}
	s := seal{at: info.ModTime(), names: map[string]bool{}}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(b), "\n"), "\n") {
		s.names[name] = true
	}
	return s, true
}

// written reports whether the file rel is not as it was.
func (s seal) written(rel string, d fs.DirEntry) bool {
	if !s.names[sealed(rel)] {
		return true
	}
	info, err := d.Info()
	return err == nil && info.ModTime().After(s.at)
}

// writtenBelow lists the files at or below dir, a path in the artefact's src,
// that were written since, as paths in src.
func (s seal) writtenBelow(src, dir string) ([]string, error) {
	var found []string
	err := walkOwn(filepath.Join(src, dir), func(rel string, d fs.DirEntry) error {
		rel = filepath.ToSlash(filepath.Join(dir, rel))
		if s.written(rel, d) {
			found = append(found, rel)
		}
		return nil
	})
	return found, err
}

// toolFolders are looked after by tools: what is in them can be made again.
// Folders whose names begin with a dot are as well, but for .data, where
// Nitro's storage is.
var toolFolders = map[string]bool{
	"node_modules": true, "venv": true, "vendor": true, "__pycache__": true, "target": true,
	"tmp": true, "temp": true, "cache": true, "log": true, "logs": true,
}

func toolFolder(name string) bool {
	return toolFolders[name] || strings.HasPrefix(name, ".") && name != ".data"
}

// toolFile tells what programs write about themselves.
func toolFile(name string) bool {
	switch filepath.Ext(name) {
	case ".log", ".pid", ".pyc", ".lock", ".sock", ".tmp", ".swp":
		return true
	}
	return strings.HasPrefix(name, ".") && !strings.HasPrefix(name, ".env")
}

var errEnough = errors.New("enough was seen")

// walkOwn visits the regular files of a folder that belong to the app itself,
// with their paths in it, and a file that is named itself as ".". It ends
// early and without an error after maxWalk entries; one that is not there is
// empty.
func walkOwn(dir string, visit func(rel string, d fs.DirEntry) error) error {
	entries := 0
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it went while we looked
		case err != nil:
			return err
		}
		if entries++; entries > maxWalk {
			return errEnough
		}
		if d.IsDir() {
			if p != dir && toolFolder(d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || p != dir && toolFile(d.Name()) {
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel), d)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
