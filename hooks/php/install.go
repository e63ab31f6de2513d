package php

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/kept"
)

// install brings the app's packages into the release. With those of an earlier
// deployment in their place Composer has nothing to fetch, checks that they fit,
// writes how the app's own classes are found, and runs the app's scripts.
func (j *job) install(ctx context.Context) ([]hooks.CacheUse, error) {
	command := j.request.App.Overrides.Install
	if command == "" && !j.app.composer.needed {
		return nil, nil
	}
	if err := j.composerHome(); err != nil {
		return nil, err
	}
	if command != "" {
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	argv, err := j.composer()
	if err != nil {
		return nil, err
	}
	step := j.b.Step("install", "composer install")
	dir := filepath.Join(j.request.App.AppDir, j.app.composer.vendor)
	cache := j.openCache()
	use := hooks.CacheUse{Name: j.app.composer.vendor}
	switch {
	case len(j.app.composer.packages) == 0: // nothing to keep
	case cache == nil || j.request.NoCache:
		step.Cache(hooks.CacheBypass)
		if why := j.app.composer.local; why != "" {
			j.b.Log("packages are installed afresh: %s", why)
		}
	default:
		step.Cache(hooks.CacheMiss)
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return nil, step.End(err)
		}
		var note struct{}
		if use.Bytes, use.Hit, err = cache.Restore(dir, &note); err != nil {
			return nil, step.End(err)
		}
		if use.Hit {
			step.Cache(hooks.CacheHit)
		}
	}
	err = j.b.Run(ctx, j.request.App.AppDir, append(argv, "install", "--no-dev", "--no-interaction", "--prefer-dist", "--no-progress"), j.env()...)
	if step.End(err) != nil {
		return nil, explain(j.b, "install", err)
	}
	if cache == nil || len(j.app.composer.packages) == 0 {
		return nil, nil
	}
	use.Key = cache.Key
	if !use.Hit {
		if use.Bytes, err = cache.Save(dir, struct{}{}); err != nil {
			j.b.Log("the packages are not kept for the next deployment: %v", err)
		}
	}
	return []hooks.CacheUse{use}, nil
}

// composer returns Composer's command: the repository's own, else the machine's.
func (j *job) composer() ([]string, error) {
	if j.files.Exists("composer.phar") {
		return []string{"php", "composer.phar"}, nil
	}
	if _, err := exec.LookPath("composer"); err != nil {
		return nil, missing("composer", composerHint)
	}
	return []string{"composer"}, nil
}

// openCache returns the cache for the packages, none where no lock file says
// what they are, or something else than that decides.
func (j *job) openCache() *kept.Cache {
	c := j.app.composer
	if !c.locked || c.local != "" {
		return nil
	}
	sum := sha256.New()
	part := func(name, data string) { fmt.Fprintf(sum, "%s %d\n%s\n", name, len(data), data) }
	part("composer.json", c.text)
	part("composer.lock", c.lockText)
	part("machine", strings.Join([]string{j.runtime.Version, goruntime.GOOS, goruntime.GOARCH}, " "))
	return &kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "vendor-1"), Key: hex.EncodeToString(sum.Sum(nil))[:32],
		// What Composer and its plugins write again at every installation.
		Own: func(rel string) bool {
			return !strings.Contains(rel, "/") || strings.HasPrefix(rel, "composer/") || strings.HasPrefix(rel, "bin/")
		},
		Whole: func(dir string) error {
			if _, err := os.Stat(filepath.Join(dir, "composer", "installed.json")); err != nil {
				return errors.New("there is no record of what was installed")
			}
			return nil
		},
	}
}
