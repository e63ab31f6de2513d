package node

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/kept"
)

// maxToolCache is the most that one tool's cache may hold to be kept, in
// bytes: larger ones cost more time to copy than they save.
const maxToolCache = 512 << 20

// toolCaches are the folders, relative to the app's, in which frameworks and
// build tools leave what makes their next build faster. They know themselves
// what of it still holds.
func toolCaches() []string {
	return []string{
		".next/cache", "node_modules/.cache", "node_modules/.vite", "node_modules/.astro", ".astro",
		".angular/cache", ".parcel-cache", ".turbo",
	}
}

// caches are those that were brought back.
type caches []string

// told is what a step's title says of them.
func (c caches) told() string {
	if len(c) == 0 {
		return ""
	}
	return " (" + strings.Join(c, ", ") + " from cache)"
}

// toolCache returns the store of one folder, for this app: another one may
// have been in the slot. What is kept are copies: tools write to these files.
func (j *job) toolCache(dir string) kept.Cache {
	name := strings.NewReplacer("/", "-", ".", "").Replace(dir)
	rel, _ := filepath.Rel(j.request.App.SourceDir, j.request.App.AppDir)
	app := sha256.Sum256([]byte(j.app.choice.framework + "\n" + j.app.manifest.name + "\n" + rel))
	return kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "tools-1", name), Key: hex.EncodeToString(app[:8]),
		Own: func(string) bool { return true },
	}
}

// restoreCaches brings the tools' caches into the app, but for those that the
// app has itself.
func (j *job) restoreCaches() (found caches) {
	if j.request.NoCache || j.app.bare {
		return nil
	}
	for _, dir := range toolCaches() {
		target := filepath.Join(j.request.App.AppDir, dir)
		if _, err := os.Lstat(target); err == nil {
			continue
		}
		cache := j.toolCache(dir)
		if _, err := os.Stat(filepath.Join(cache.Dir, cache.Key)); err != nil {
			continue
		}
		var ok bool
		err := os.MkdirAll(filepath.Dir(target), 0o755)
		if err == nil {
			_, ok, err = cache.Restore(target, new(any))
		}
		if err != nil {
			j.b.Log("%s is not taken from the cache: %v", dir, err)
		}
		if ok {
			found = append(found, dir)
		}
	}
	return found
}

// saveCaches keeps what the tools left.
func (j *job) saveCaches(restored caches) (uses []hooks.CacheUse) {
	hit := map[string]bool{}
	for _, dir := range restored {
		hit[dir] = true
	}
	for _, dir := range toolCaches() {
		source := filepath.Join(j.request.App.AppDir, dir)
		size, err := folderSize(source)
		if err != nil || size == 0 {
			continue
		}
		cache := j.toolCache(dir)
		if size > maxToolCache {
			j.b.Log("%s is not kept for the next build: it has %d MiB, and %d are kept at most", dir, size>>20, maxToolCache>>20)
			_ = os.RemoveAll(filepath.Join(cache.Dir, cache.Key))
			continue
		}
		if _, err := cache.Save(source, nil); err != nil {
			j.b.Log("%s is not kept for the next build: %v", dir, err)
			continue
		}
		uses = append(uses, hooks.CacheUse{Name: dir, Key: cache.Key, Hit: hit[dir], Bytes: size})
	}
	return uses
}

// folderSize returns the bytes of a folder's files; it fails when it is not a
// folder.
func folderSize(dir string) (size int64, err error) {
	info, err := os.Lstat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%q is not a folder", path.Base(dir))
	}
	if err != nil {
		return 0, err
	}
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
