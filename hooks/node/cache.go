package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"

	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// keptNote is what is known of kept modules besides their files.
type keptNote struct {
	OutOfSync bool `json:"out_of_sync"` // the lock file did not fit
}

// local matches dependencies that are of the repository.
var local = lazyregexp.New(`"(?:file|link|portal|workspace|patch):`)

// openCache returns the cache for the app, or nil and, where the user may want
// to know, why it has none.
func (j *job) openCache() (*kept.Cache, string) {
	m := j.app.manifest
	switch {
	case j.request.NoCache:
		return nil, ""
	case j.app.manager.keepsStore():
		return nil, "" // and links from it as fast as could be done here
	case j.app.plugAndPlay:
		return nil, "yarn's Plug'n'Play is in use"
	case j.app.manager.lock == "":
		return nil, "there is no lock file"
	case j.app.workspace != nil:
		return nil, "the package has workspaces"
	}
	if j.files.Exists("binding.gyp") {
		return nil, "the app has native code of its own"
	}
	for _, name := range installScripts() {
		if m.scripts[name] != "" && !repeatable.MatchString(m.scripts[name]) {
			return nil, "package.json has a " + name + " script"
		}
	}
	for _, field := range dependencyFields() {
		if local.Match(m.raw[field]) {
			return nil, "a dependency is part of the repository"
		}
	}
	key, err := j.cacheKey()
	if err != nil {
		return nil, err.Error()
	}
	return &kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "modules-2"), Key: key,
		Skip: func(name string) bool { return name == ".cache" || strings.HasPrefix(name, ".vite") },
		// Folders that begin with a dot are tools' own, and they write to them.
		Own:   func(rel string) bool { return strings.HasPrefix(rel, ".") },
		Whole: func(modules string) error { return finished(modules, j.app.manager) },
	}, ""
}

// installScripts lists the scripts of the app that an install runs, in order.
func installScripts() []string {
	return []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"}
}

// repeatable matches install scripts of which it is known that they write to
// the app's own folder, not to the modules, and need only these: they run
// again where kept modules are taken. Generators of apps write them.
var repeatable = lazyregexp.New(`^(?:svelte-kit sync(?: \|\| echo ''| \|\| true)?|nuxt prepare|nuxi prepare|astro sync|husky(?: install)?|react-router typegen|wrangler types)$`)

// repeat runs the app's install scripts on modules from the cache.
func (j *job) repeat(ctx context.Context, env []string) error {
	for _, name := range installScripts() {
		if j.app.manifest.scripts[name] == "" {
			continue
		}
		argv := j.app.manager.run(name)
		step := j.b.Step("prepare", strings.Join(argv, " "))
		if err := step.End(j.b.Run(ctx, j.request.App.AppDir, argv, env...)); err != nil {
			return j.explain("install", err)
		}
	}
	return nil
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
	for _, name := range []string{j.app.manager.lock, ".npmrc", ".yarnrc", ".yarnrc.yml"} {
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
		j.runtime.version, j.runtime.abi, j.managerVersion(), goruntime.GOOS, goruntime.GOARCH, libc(),
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

// finished reports whether the manager finished the tree.
func finished(modules string, m manager) error {
	info, err := os.Lstat(filepath.Join(modules, m.finishedBy()))
	if err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("%s left no record of what it installed", m.name)
	}
	return nil
}
