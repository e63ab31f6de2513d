package node

import (
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// plugAndPlay matches scripts that load yarn's own resolver.
var plugAndPlay = lazyregexp.New(`\.pnp\.(?:c?js|loader)`)

// env is what package managers and build tools run with: stores that all slots
// share, scratch of this slot, nothing in the home folder, and nobody told
// about it.
func (j *job) env() []string {
	shared := func(name string) string { return filepath.Join(j.request.SharedCacheDir, name) }
	own := func(name string) string { return filepath.Join(j.request.CacheDir, "home", name) }
	env := []string{
		"npm_config_cache=" + shared("npm"), "npm_config_update_notifier=false", "npm_config_progress=false",
		"BUN_INSTALL_CACHE_DIR=" + shared("bun"),
		"COREPACK_HOME=" + shared("corepack"), "COREPACK_ENABLE_DOWNLOAD_PROMPT=0",
		"XDG_CACHE_HOME=" + own("cache"), "XDG_DATA_HOME=" + own("data"), "XDG_STATE_HOME=" + own("state"),
		"DO_NOT_TRACK=1", "NEXT_TELEMETRY_DISABLED=1", "ASTRO_TELEMETRY_DISABLED=1", "NUXT_TELEMETRY_DISABLED=1",
		"GATSBY_TELEMETRY_DISABLED=1", "NG_CLI_ANALYTICS=false", "TURBO_TELEMETRY_DISABLED=1",
	}
	m := j.app.manager
	if dir := j.runtime.headers; dir != "" {
		env = append(env, "npm_package_config_node_gyp_nodedir="+dir)
		if m.name != "npm" { // which warns of it; the others' node-gyp may be older
			env = append(env, "npm_config_nodedir="+dir)
		}
	}
	switch {
	case m.berry:
		env = append(env, "YARN_GLOBAL_FOLDER="+shared("yarn-berry"), "YARN_ENABLE_TELEMETRY=0", "YARN_ENABLE_PROGRESS_BARS=0")
		switch {
		case j.app.plugAndPlay: // which runs from archives: those have to be in the release
			env = append(env, "YARN_ENABLE_GLOBAL_CACHE=0", "YARN_NODE_LINKER=pnp")
		case !m.linked:
			// The app then runs without yarn, and has its modules in its own folder.
			env = append(env, "YARN_NODE_LINKER=node-modules")
		}
	case m.name == "yarn":
		env = append(env, "YARN_CACHE_FOLDER="+shared("yarn"))
	case m.name == "pnpm":
		for _, prefix := range []string{"npm", "pnpm"} { // the second since pnpm 11
			env = append(env, prefix+"_config_store_dir="+shared("pnpm"),
				prefix+"_config_verify_deps_before_run=false") // they were installed a moment ago
		}
	}
	if j.bin != "" {
		env = append(env, "PATH="+j.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	return env
}
