package bun

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
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// install brings node_modules into the app's folder.
func (j *job) install(ctx context.Context) ([]hooks.CacheUse, error) {
	if command := j.request.App.Overrides.Install; command != "" {
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	if !j.app.manifest.installs() {
		return nil, nil
	}
	argv := []string{"bun", "install", "--no-progress"}
	if j.app.lock != "" {
		argv = append(argv, "--frozen-lockfile")
	}
	step := j.b.Step("install", "bun install")
	cache, why := j.openCache()
	modules := filepath.Join(j.request.App.AppDir, "node_modules")
	step.Cache(hooks.CacheBypass)
	switch {
	case j.request.NoCache:
		argv = append(argv, "--force")
	case cache == nil:
		j.b.Log("dependencies are installed by Bun itself: %s", why)
	default:
		size, hit, err := cache.Restore(modules, &struct{}{})
		if err != nil {
			return nil, step.End(err)
		}
		if hit {
			step.Cache(hooks.CacheHit)
			return []hooks.CacheUse{{Name: "node_modules", Key: cache.Key, Hit: true, Bytes: size}}, step.End(nil)
		}
		step.Cache(hooks.CacheMiss)
	}
	// With production Bun would leave out what builds need.
	err := j.b.Run(ctx, j.request.App.AppDir, argv, append(j.env(), "NODE_ENV=development")...)
	if step.End(err) != nil || cache == nil {
		return nil, j.explain("install", err)
	}
	use := hooks.CacheUse{Name: "node_modules", Key: cache.Key}
	if use.Bytes, err = cache.Save(modules, struct{}{}); err != nil {
		j.b.Log("the dependencies are not kept for the next deployment: %v", err)
	}
	return []hooks.CacheUse{use}, nil
}

// local matches dependencies that are folders.
var local = lazyregexp.New(`"(?:file|link|workspace):`)

// openCache returns the cache for the app, or why it has none.
func (j *job) openCache() (*kept.Cache, string) {
	m := j.app.manifest
	switch {
	case j.app.lock == "":
		return nil, "there is no lock file"
	case len(m.raw["workspaces"]) > 0:
		return nil, "the package has workspaces"
	}
	for _, name := range []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"} {
		if m.scripts[name] != "" {
			return nil, "package.json has a " + name + " script"
		}
	}
	for _, field := range decisive() {
		if local.Match(m.raw[field]) {
			return nil, "a dependency is a folder of the repository"
		}
	}
	key, err := j.cacheKey()
	if err != nil {
		return nil, err.Error()
	}
	return &kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "modules-1"), Key: key,
		Skip: func(name string) bool { return name == ".cache" || strings.HasPrefix(name, ".vite") },
		// Folders that begin with a dot are tools' own, and they write to them; but
		// Bun's holds the packages themselves where it keeps them apart.
		Own: func(rel string) bool { return strings.HasPrefix(rel, ".") && !strings.HasPrefix(rel, ".bun/") },
		Whole: func(dir string) error {
			_, err := os.Stat(dir)
			return err
		},
	}, ""
}

// decisive returns the fields of package.json that decide an install.
func decisive() []string {
	return []string{
		"dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta",
		"overrides", "resolutions", "trustedDependencies", "patchedDependencies", "packageManager",
	}
}

// cacheKey hashes what decides an install, each part with its name and length.
func (j *job) cacheKey() (string, error) {
	sum := sha256.New()
	part := func(name string, data []byte) { fmt.Fprintf(sum, "%s %d\n%s\n", name, len(data), data) }
	for _, field := range decisive() {
		var compact bytes.Buffer
		_ = json.Compact(&compact, j.app.manifest.raw[field])
		part(field, compact.Bytes())
	}
	for _, name := range []string{j.app.lock, ".npmrc", configName} {
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
	part("bun", []byte(j.app.version.Resolved))
	return hex.EncodeToString(sum.Sum(nil))[:32], nil
}
