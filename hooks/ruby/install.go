package ruby

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// bundleDir is where a release has its gems: Bundler's own name for it.
const bundleDir = "vendor/bundle"

// install brings the app's gems to where it runs: those of the machine, those
// kept from the deployment before, or new ones.
func (j *job) install(ctx context.Context) ([]hooks.CacheUse, error) {
	command := j.request.App.Overrides.Install
	if j.app.gems.file == "" {
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	cache := j.openCache()
	if cache != nil && command == "" && !j.request.NoCache {
		if uses, ok, err := j.restore(cache); ok || err != nil {
			return uses, err
		}
	}
	lacking, err := j.askMachine(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.configure(lacking != nil); err != nil {
		return nil, err
	}
	if command != "" {
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	if lacking == nil {
		step := j.b.Step("install", "bundle check (gems of this machine)")
		return nil, step.End(nil)
	}
	if g := j.app.gems; g.known() && !g.sources && !g.vendored && len(lacking) > 0 {
		return nil, hooks.Fail(slot.Diagnostic{
			Code: "ruby.gem_missing", File: g.file,
			Summary: "this machine does not have " + strings.Join(lacking, ", ") + ", and the " + g.file + " names no source to fetch from",
			Hint:    "name a source in the " + g.file + "; or write a lock file for the gems that are here: bundle lock --local, and commit it",
		})
	}
	return j.fetch(ctx, cache, lacking)
}

// restore brings the gems of an earlier deployment into the release.
func (j *job) restore(cache *kept.Cache) ([]hooks.CacheUse, bool, error) {
	dir := filepath.Join(j.request.App.AppDir, bundleDir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, false, err
	}
	var note struct{}
	size, hit, err := cache.Restore(dir, &note)
	if err != nil || !hit {
		return nil, false, err
	}
	step := j.b.Step("install", "bundle install")
	step.Cache(hooks.CacheHit)
	if err := step.End(j.configure(true)); err != nil {
		return nil, false, err
	}
	return []hooks.CacheUse{{Name: bundleDir, Key: cache.Key, Hit: true, Bytes: size}}, true, nil
}

// fetch installs the gems into the release and keeps them.
func (j *job) fetch(ctx context.Context, cache *kept.Cache, lacking []string) ([]hooks.CacheUse, error) {
	step := j.b.Step("install", "bundle install")
	step.Cache(hooks.CacheMiss)
	if cache == nil || j.request.NoCache {
		step.Cache(hooks.CacheBypass)
	}
	if len(lacking) > 0 {
		j.b.Log("not among the gems of this machine: %s", strings.Join(lacking, ", "))
	}
	store, err := openStore(j.request.TmpDir, j.request.SharedCacheDir)
	if err != nil {
		return nil, step.End(err)
	}
	argv := []string{"bundle", "install"}
	if j.app.gems.vendored {
		argv = append(argv, "--prefer-local")
	}
	err = j.b.Run(ctx, j.request.App.AppDir, argv, j.env()...)
	if step.End(err) != nil {
		return nil, explain(j.b, "install", err)
	}
	store.keep()
	dir := filepath.Join(j.request.App.AppDir, bundleDir)
	packed, _ := filepath.Glob(filepath.Join(dir, "*", "*", "cache", "*.gem")) // unpacked beside it
	for _, name := range packed {
		if err := os.Remove(name); err != nil {
			return nil, err
		}
	}
	if cache == nil {
		return nil, nil
	}
	use := hooks.CacheUse{Name: bundleDir, Key: cache.Key}
	if use.Bytes, err = cache.Save(dir, struct{}{}); err != nil {
		j.b.Log("the gems are not kept for the next deployment: %v", err)
	}
	return []hooks.CacheUse{use}, nil
}

// openCache returns the cache for the app's gems, none where no lock file says
// what they are. Installed gems know nothing of where they are.
func (j *job) openCache() *kept.Cache {
	g := j.app.gems
	if !g.known() {
		return nil
	}
	sum := sha256.New()
	part := func(name, data string) { fmt.Fprintf(sum, "%s %d\n%s\n", name, len(data), data) }
	part(g.file, g.text)
	part(g.lock, g.lockText)
	part("config", readText(j.files, ".bundle/config"))
	part("machine", strings.Join([]string{j.runtime.Engine, j.runtime.Version, j.runtime.Machine, j.runtime.Bundler}, " "))
	return &kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "bundle-1"), Key: hex.EncodeToString(sum.Sum(nil))[:32],
		Whole: func(dir string) error {
			if found, _ := filepath.Glob(filepath.Join(dir, "*", "*", "specifications")); len(found) == 0 {
				return errors.New("there is no gem in it")
			}
			return nil
		},
	}
}

var missingGem = lazyregexp.New(`(?m)^ \* (\S+ \([^)]*\))`)

// askMachine returns nil when the machine has all gems, in the very versions of
// the lock file; else those that it lacks, as far as Bundler names them.
// Installing would not do to find out: some of Debian's gems have no folder of
// their own, and "bundle install --local" takes those for lost.
func (j *job) askMachine(ctx context.Context) (lacking []string, err error) {
	lacking = []string{}
	folders := j.runtime.machineGems()
	if len(folders) == 0 || j.app.gems.vendored {
		return lacking, nil
	}
	cmd := exec.CommandContext(ctx, "bundle", "check")
	cmd.Dir = j.request.App.AppDir
	cmd.Env = append(append(os.Environ(), j.env()...), "GEM_PATH="+strings.Join(folders, ":"), "BUNDLE_WITHOUT="+without,
		"BUNDLE_APP_CONFIG="+filepath.Join(j.request.TmpDir, "none")) // not that of the repository, which may name a folder
	if j.app.gems.known() {
		cmd.Env = append(cmd.Env, "BUNDLE_FROZEN=true")
	}
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// Code 0 as well when the lock file does not fit the Gemfile.
	if err == nil && !strings.Contains(string(out), "changed lockfile") {
		return nil, nil
	}
	for _, m := range missingGem.FindAllStringSubmatch(string(out), -1) {
		lacking = append(lacking, m[1])
	}
	return lacking, nil
}
