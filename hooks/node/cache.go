package node

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	goruntime "runtime"
	"slices"
	"strings"
	"time"
)

// keysKept is how many sets of dependencies one slot keeps: the current one,
// the one before and a branch's.
const keysKept = 3

// cache keeps installed dependencies of one slot: a folder for each key, with
// the tree and a record. A key stands for everything that decides what an
// install would bring. Entries are written under another name and renamed.
type cache struct {
	dir string
	key string
}

// kept is the record of an entry.
type kept struct {
	Stamp     string `json:"stamp"` // of the tree, so that a write into it is noticed
	Bytes     int64  `json:"bytes"`
	OutOfSync bool   `json:"out_of_sync,omitempty"` // the lock file did not fit
}

// local matches dependencies that are folders.
var local = regexp.MustCompile(`"(?:file|link|portal|workspace):`)

const bypassAsked = "a build without caches was asked for"

// openCache returns the cache for the app, or why it has none.
func (j *job) openCache() (*cache, string) {
	m := j.app.manifest
	switch {
	case j.request.NoCache:
		return nil, bypassAsked
	case j.app.manager.name != "npm":
		return nil, j.app.manager.name + " keeps its own store"
	case j.app.manager.lock == "":
		return nil, "there is no lock file"
	case len(m.raw["workspaces"]) > 0:
		return nil, "the package has workspaces"
	}
	for _, name := range []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"} {
		if m.scripts[name] != "" {
			return nil, "package.json has a " + name + " script"
		}
	}
	for _, field := range dependencyFields() {
		if local.Match(m.raw[field]) {
			return nil, "a dependency is a folder of the repository"
		}
	}
	key, err := j.cacheKey()
	if err != nil {
		return nil, err.Error()
	}
	return &cache{dir: filepath.Join(j.request.CacheDir, "modules-1"), key: key}, ""
}

func dependencyFields() []string {
	return []string{
		"dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta",
		"bundleDependencies", "bundledDependencies", "overrides", "engines", "os", "cpu", "packageManager",
	}
}

// cacheKey hashes what decides an install, each part with its name and length.
func (j *job) cacheKey() (string, error) {
	sum := sha256.New()
	part := func(name string, data []byte) { fmt.Fprintf(sum, "%s %d\n%s\n", name, len(data), data) }
	for _, field := range dependencyFields() {
		var compact bytes.Buffer
		_ = json.Compact(&compact, j.app.manifest.raw[field])
		part(field, compact.Bytes())
	}
	for _, name := range []string{j.app.manager.lock, ".npmrc"} {
		file, err := j.files.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			part(name, nil)
			continue
		}
		if err != nil {
			return "", err
		}
		data := sha256.New()
		_, err = io.Copy(data, file)
		file.Close()
		if err != nil {
			return "", err
		}
		part(name, data.Sum(nil))
	}
	part("machine", []byte(strings.Join([]string{
		j.runtime.version, j.runtime.abi, npmVersion(), goruntime.GOOS, goruntime.GOARCH, libc(),
	}, " ")))
	return hex.EncodeToString(sum.Sum(nil))[:32], nil
}

// libc tells the C library apart that native modules are linked with.
func libc() string {
	loaders, _ := filepath.Glob("/lib/ld-musl-*")
	if len(loaders) > 0 {
		return "musl"
	}
	return "glibc"
}

// restore brings the kept tree to modules; nil without an error means that
// there is none that can be used.
func (c *cache) restore(modules string) (*kept, error) {
	entry := filepath.Join(c.dir, c.key)
	var k kept
	data, err := os.ReadFile(filepath.Join(entry, "record.json"))
	if err != nil || json.Unmarshal(data, &k) != nil {
		return nil, nil
	}
	if err := os.RemoveAll(modules); err != nil {
		return nil, err
	}
	tree, err := copyTree(filepath.Join(entry, "node_modules"), modules)
	if err == nil && tree.stamp == k.Stamp && valid(modules) {
		now := time.Now()
		return &k, os.Chtimes(filepath.Join(entry, "record.json"), now, now)
	}
	// Somebody wrote into the tree, or it is torn: it serves nobody any more.
	return nil, errors.Join(os.RemoveAll(modules), os.RemoveAll(entry))
}

// save keeps the tree that was just installed, and drops the oldest entries.
func (c *cache) save(modules string, loose bool) (int64, error) {
	if !valid(modules) {
		return 0, errors.New("npm left no record of what it installed")
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return 0, err
	}
	partial, err := os.MkdirTemp(c.dir, "partial-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(partial)
	target := filepath.Join(partial, "node_modules")
	if _, err := copyTree(modules, target); err != nil {
		return 0, err
	}
	tree, err := stampTree(target)
	if err != nil {
		return 0, err
	}
	data, err := json.Marshal(kept{Stamp: tree.stamp, Bytes: tree.bytes, OutOfSync: loose})
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(partial, "record.json"), data, 0o600); err != nil {
		return 0, err
	}
	entry := filepath.Join(c.dir, c.key)
	if err := errors.Join(os.RemoveAll(entry), os.Rename(partial, entry)); err != nil {
		return 0, err
	}
	return tree.bytes, c.prune()
}

// prune keeps the entries used last.
func (c *cache) prune() error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	used := func(e fs.DirEntry) time.Time {
		info, err := os.Stat(filepath.Join(c.dir, e.Name(), "record.json"))
		if err != nil {
			return time.Time{} // torn: first to go
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(used(b).UnixNano(), used(a).UnixNano()) })
	for _, e := range entries[min(keysKept, len(entries)):] {
		err = errors.Join(err, os.RemoveAll(filepath.Join(c.dir, e.Name())))
	}
	return err
}

// valid reports whether npm finished the tree.
func valid(modules string) bool {
	info, err := os.Lstat(filepath.Join(modules, ".package-lock.json"))
	return err == nil && info.Mode().IsRegular()
}
