package host

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
)

// allowed are the variables of the host that a hook sees: who and where the
// user is, the language, the way to the network and to the package mirrors.
// Tokens of Coder and of slot are not among them. Source: the buildpacks'
// lifecycle passes the same (env/build.go), the facts add the certificates.
func allowed(name string) bool {
	switch strings.ToUpper(name) {
	case "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "NPM_CONFIG_REGISTRY":
		return true
	}
	return strings.HasPrefix(name, "LC_") || slices.Contains([]string{
		"HOME", "USER", "LOGNAME", "LANG", "TZ", "PATH",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
		"GIT_SSL_CAINFO", "PIP_CERT", "PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "DENO_CERT",
		"GOPROXY", "GONOSUMDB", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GOTOOLCHAIN",
		"GORACE", // of a slot that was built with the race detector, as its tests are
		"CARGO_HOME", "CARGO_HTTP_CAINFO", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN",
		"JAVA_HOME", "MAVEN_OPTS", "GRADLE_OPTS", "GRADLE_USER_HOME",
	}, name)
}

// environment returns what a hook's process sees: the allow-list, the app's
// build variables over it, and what slot says over both.
func (h *Host) environment(app App, run, tmp string) []string {
	var env []string
	for _, v := range h.options.BaseEnv() {
		if name, _, _ := strings.Cut(v, "="); allowed(name) {
			env = append(env, v)
		}
	}
	env = append(env, "CI=true")
	names := make([]string, 0, len(app.Env))
	for name := range app.Env {
		if !strings.HasPrefix(name, "PLUGIN_") && !strings.HasPrefix(name, "SLOT_HOOK_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		env = append(env, name+"="+app.Env[name])
	}
	return append(env, "TMPDIR="+tmp, runEnv+"="+run, hooks.ParentEnv+"="+strconv.Itoa(os.Getpid()))
}
