package deno

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/kept"
)

const registryName = "NPM_CONFIG_REGISTRY"

// install brings the modules into the release: those of an earlier deployment
// by links, which Deno then looks through without the network, or else from
// there.
func (j *job) install(ctx context.Context) ([]hooks.CacheUse, error) {
	if command := j.request.App.Overrides.Install; command != "" {
		return nil, j.b.UserCommand(ctx, "install", command, j.env()...)
	}
	entry := j.files.Exists(j.app.choice.entry)
	if j.app.config.file == "" && j.app.lock == "" && len(j.app.config.packages) == 0 && !entry {
		return nil, nil
	}
	step := j.b.Step("install", "deno install")
	cache, store := j.openCache(), filepath.Join(j.request.App.AppDir, storeName)
	use := hooks.CacheUse{Name: "deno", Key: cache.Key}
	step.Cache(hooks.CacheBypass)
	if !j.request.NoCache {
		var err error
		if use.Bytes, use.Hit, err = cache.Restore(store, &struct{}{}); err != nil {
			return nil, step.End(err)
		}
		step.Cache(hooks.CacheMiss)
	}
	if use.Hit && j.complete(ctx, entry) {
		step.Cache(hooks.CacheHit)
		return []hooks.CacheUse{use}, step.End(nil)
	}
	use.Hit = false
	err := j.b.Run(ctx, j.request.App.AppDir, j.installAll(), j.env()...)
	if err == nil && entry {
		err = j.b.Run(ctx, j.request.App.AppDir, j.installEntry(), j.env()...)
	}
	if step.End(err) != nil {
		return nil, j.explain("install", err)
	}
	if _, err := os.Stat(store); err != nil { // there was nothing to fetch
		return nil, nil
	}
	if use.Bytes, err = cache.Save(store, struct{}{}); err != nil {
		j.b.Log("the modules are not kept for the next deployment: %v", err)
	}
	return []hooks.CacheUse{use}, nil
}

// complete reports whether the kept modules are all that the app imports now:
// what a module imports by its full name stands in no manifest.
func (j *job) complete(ctx context.Context, entry bool) bool {
	run := func(argv []string) bool {
		cmd := exec.CommandContext(ctx, argv[0], append(argv[1:], "--cached-only")...)
		cmd.Dir, cmd.Env = j.request.App.AppDir, append(os.Environ(), j.env()...)
		return cmd.Run() == nil
	}
	return run(j.installAll()) && (!entry || run(j.installEntry()))
}

// installAll installs what deno.json and package.json name.
func (j *job) installAll() []string {
	argv := []string{"deno", "install"}
	if j.app.lock != "" {
		argv = append(argv, "--frozen")
	}
	return argv
}

// installEntry installs what the modules of the app import besides, by full
// specifiers. The author's own program is free to import from any host.
func (j *job) installEntry() []string {
	return append(j.installAll(), "--allow-import", "--entrypoint", j.app.choice.entry)
}

// openCache keeps what was fetched, by what was asked for.
func (j *job) openCache() kept.Cache {
	sum := sha256.New()
	part := func(name, data string) { fmt.Fprintf(sum, "%s %d\n%s\n", name, len(data), data) }
	part("lock", readText(j.files, j.app.lock))
	if j.app.lock == "" {
		part("config", readText(j.files, j.app.config.file))
		part("packages", fmt.Sprint(j.app.config.packages))
	}
	part("npmrc", readText(j.files, ".npmrc"))
	part("registry", os.Getenv(registryName))
	part("deno", j.app.version.Resolved)
	return kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "modules-1"), Key: hex.EncodeToString(sum.Sum(nil))[:32],
		// The rest are databases that a running app writes to.
		Skip: func(name string) bool { return name != "npm" && name != "remote" },
	}
}

// withoutUser drops what stands before the host of an address: a launch plan
// is shown to people.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	u.User = nil
	return strings.TrimSpace(u.String())
}
