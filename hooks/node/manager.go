package node

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// manager is the package manager of an app.
type manager struct {
	name        string // npm, pnpm, yarn, bun
	lock        string // its lock file, "" without one
	berry       bool   // yarn 2 or newer
	evidence    string
	diagnostics []slot.Diagnostic
}

// lockFiles lists the lock files and their managers, in the order they count.
func lockFiles() [][2]string {
	return [][2]string{
		{"pnpm-lock.yaml", "pnpm"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"}, {"yarn.lock", "yarn"},
		{"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"},
	}
}

// pickManager follows packageManager, then the lock file, then engines.
func pickManager(files *hooks.Files, m manifest) manager {
	var out manager
	declared, version, _ := strings.Cut(m.packageManager, "@")
	if declared == "npm" || declared == "pnpm" || declared == "yarn" || declared == "bun" {
		out.name, out.evidence = declared, "package.json: packageManager "+m.packageManager
	}
	var found []string
	owners := map[string]bool{}
	for _, l := range lockFiles() {
		if !files.Exists(l[0]) {
			continue
		}
		found, owners[l[1]] = append(found, l[0]), true
		if out.name == "" {
			out.name, out.evidence = l[1], l[0]
		}
		if out.lock == "" && out.name == l[1] {
			out.lock = l[0]
		}
	}
	if out.name == "" {
		out.name = "npm"
		for _, name := range []string{"pnpm", "bun", "yarn"} {
			if _, ok := m.engines[name]; ok {
				out.name, out.evidence = name, "package.json: engines."+name
			}
		}
	}
	out.berry = out.name == "yarn" && (files.Exists(".yarnrc.yml") || declared == "yarn" && !strings.HasPrefix(version, "1."))
	if len(owners) > 1 {
		out.diagnostics = append(out.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "node.two_locks",
			Summary: fmt.Sprintf("there are lock files of several package managers (%s); %s is used", strings.Join(found, ", "), out.name),
			Hint:    "delete all but one, or set packageManager in package.json",
		})
	}
	if out.lock == "" && m.installs() {
		out.diagnostics = append(out.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "node.no_lock",
			Summary: "there is no lock file: each deployment installs the newest versions, and takes its time",
			Hint:    "run " + out.name + " install and commit the lock file",
		})
	}
	return out
}

// install returns the command that installs what the lock file says, with
// development dependencies: builds need them.
func (m manager) install() []string {
	switch {
	case m.name == "npm" && m.lock != "":
		return []string{"npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--include=dev"}
	case m.name == "npm":
		return []string{"npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--include=dev"}
	case m.name == "yarn" && m.berry && m.lock != "":
		return []string{"yarn", "install", "--immutable"}
	case m.name == "yarn" && m.berry:
		return []string{"yarn", "install"}
	}
	argv := []string{m.name, "install"}
	if m.lock != "" {
		argv = append(argv, "--frozen-lockfile")
	}
	switch m.name {
	case "pnpm":
		argv = append(argv, "--prefer-offline", "--prod=false")
	case "yarn":
		argv = append(argv, "--prefer-offline", "--production=false", "--non-interactive")
	}
	return argv
}

// run returns the command that runs a script of package.json.
func (m manager) run(script string) []string { return []string{m.name, "run", script} }

// missing explains that a program is not on the machine.
func missing(program string) error {
	d := slot.Diagnostic{
		Code: "node.pm_missing", Summary: fmt.Sprintf("the app needs %s, which is not installed on this machine", program),
		Hint: "run corepack enable, or npm install -g " + program,
	}
	if program == "node" || program == "npm" {
		d.Hint = "install Node.js 20 or newer; npm comes with it"
	}
	return hooks.Fail(d)
}
