package deploy

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// BaseEnv builds the clean environment that every app starts from: what a
// program expects of a machine, and nothing else of the daemon's or Coder's.
func BaseEnv(lookup func(string) (string, bool)) []string {
	env := map[string]string{
		"PATH":  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LANG":  "C.UTF-8",
		"SHELL": "/bin/sh",
	}
	for _, name := range []string{
		"PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ",
		// How this network reaches others belongs to the machine.
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
	} {
		if v, ok := lookup(name); ok && v != "" {
			env[name] = v
		}
	}
	return flatten(env)
}

// environment is what a process of a release gets: the base, the plan's
// defaults, the slot's own variables and, over all, what slot injects. Values
// are literal bytes. port 0 means a process that serves nothing.
func (e *Engine) environment(rel slot.Release, port int) []string {
	env := map[string]string{}
	for _, kv := range e.BaseEnv() {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = value
	}
	lay := e.Store.Layout()
	env["NODE_ENV"] = "development" // the architecture plan's default
	env["BASE_PATH"] = "/"
	env["TMPDIR"] = lay.SlotTmp(rel.Slot)
	maps.Copy(env, rel.Plan.Env)
	maps.Copy(env, e.databaseEnv(rel.Slot)) // a slot's own DATABASE_URL leads elsewhere
	maps.Copy(env, rel.Env)
	app := e.appDir(rel)
	for _, dir := range slices.Backward(rel.Plan.PathPrepend) {
		env["PATH"] = filepath.Join(app, filepath.FromSlash(dir)) + ":" + env["PATH"]
	}
	env["HOST"] = "127.0.0.1"
	env["SLOT_NAME"] = string(rel.Slot)
	env["SLOT_PORT"] = strconv.Itoa(e.Port(rel.Slot))
	env["SLOT_URL"] = e.URL(rel.Slot)
	env["SLOT_STORAGE"] = lay.Storage(rel.Slot)
	env["SLOT_RELEASE"] = strconv.Itoa(rel.ID)
	env["SLOT_COMMIT"] = rel.Source.Commit
	delete(env, "PORT")
	if port != 0 {
		env["PORT"] = strconv.Itoa(port)
	}
	return flatten(env)
}

func flatten(env map[string]string) []string {
	out := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		out = append(out, name+"="+env[name])
	}
	return out
}
