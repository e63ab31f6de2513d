package export

import (
	"encoding/json"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// nodePackage is what counts of a package.json.
type nodePackage struct {
	PackageManager  string            `json:"packageManager"`
	Scripts         map[string]string `json:"scripts"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
}

// node installs with the manager that the lock file is of, and builds.
func (a *App) node() (recipe, error) {
	var p nodePackage
	_ = json.Unmarshal([]byte(a.read("package.json")), &p) // it was built: at worst there is none
	v := a.version(1, "22")
	r := recipe{
		build: "docker.io/library/node:" + v, run: "docker.io/library/node:" + v + "-slim",
		env: []string{"NODE_ENV=development", "NEXT_TELEMETRY_DISABLED=1"},
	}
	manager, install := a.nodeManager(p)
	if len(p.Dependencies)+len(p.DevDependencies) == 0 && len(install) == 1 && strings.HasSuffix(install[0], "npm install") {
		install = nil
	}
	var build []string
	if p.Scripts["build"] != "" {
		build = []string{"NODE_ENV=production " + manager + " run build"}
	}
	r.steps = a.steps(install, build)
	return r, nil
}

var (
	packageManager = lazyregexp.New(`^(npm|pnpm|yarn|bun)@([0-9][\w.-]*)`)
	pnpmLock       = lazyregexp.New(`(?m)^lockfileVersion: '?(\d+)`)
)

// nodeManager returns the name of the app's package manager and the commands
// that install with it, from the folder that has the lock file.
func (a *App) nodeManager(p nodePackage) (name string, install []string) {
	asked := packageManager.FindStringSubmatch(p.PackageManager)
	if asked == nil {
		asked = make([]string, 3)
	}
	dir, lock := "", ""
	for _, l := range []struct{ lock, manager string }{
		{"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"}, {"pnpm-lock.yaml", "pnpm"},
		{"bun.lock", "bun"}, {"bun.lockb", "bun"}, {"yarn.lock", "yarn"},
	} {
		if d, ok := a.above(l.lock); ok && (asked[1] == "" || asked[1] == l.manager) {
			dir, lock, name = d, l.lock, l.manager
			break
		}
	}
	if name == "" {
		if name = asked[1]; name == "" {
			name = "npm"
		}
	}
	in := func(command string) string {
		if dir == "" || dir == "." {
			return command
		}
		return "cd " + dir + " && " + command
	}
	switch {
	case name == "npm" && lock != "":
		return name, []string{in("npm ci --no-audit --no-fund --include=dev")}
	case name == "npm":
		return name, []string{"npm install --no-audit --no-fund --include=dev"}
	case name == "pnpm":
		return name, []string{"npm install --global pnpm@" + a.pnpmVersion(asked[2], dir), in("pnpm install --prod=false" + frozen(lock, "--frozen-lockfile"))}
	case name == "bun":
		return name, []string{"npm install --global bun" + at(asked[2]), in("bun install" + frozen(lock, "--frozen-lockfile"))}
	case a.has(".yarnrc.yml") || asked[2] != "" && !strings.HasPrefix(asked[2], "1."):
		return name, []string{"npm install --global --force @yarnpkg/cli-dist" + at(asked[2]), in("YARN_NODE_LINKER=node-modules yarn install" + frozen(lock, "--immutable"))}
	}
	return name, []string{in("yarn install --production=false --non-interactive" + frozen(lock, "--frozen-lockfile"))}
}

// pnpmVersion is the one asked for, or one that reads the lock file.
func (a *App) pnpmVersion(asked, dir string) string {
	if asked != "" {
		return asked
	}
	m := pnpmLock.FindStringSubmatch(a.read(dir + "/pnpm-lock.yaml"))
	if m == nil {
		return "9"
	}
	return map[string]string{"5": "7", "6": "8"}[m[1]] + map[bool]string{true: "9"}[m[1] != "5" && m[1] != "6"]
}

func frozen(lock, flag string) string {
	if lock == "" {
		return ""
	}
	return " " + flag
}

func at(version string) string {
	if version == "" {
		return ""
	}
	return "@" + version
}
