package node

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// manager is the package manager of an app, as its files name it.
type manager struct {
	name        string // npm, pnpm, yarn, bun
	lock        string // its lock file, "" without one
	version     string // exact, where packageManager names it
	wanted      string // range of versions that read the lock file; "" for any
	fetch       string // what is fetched of that range where the machine has none; "" for the newest
	berry       bool   // yarn 2 or newer
	linked      bool   // yarn: the app itself says how modules are laid out
	bundled     string // yarn: the program of it in the repository
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

var exactVersion = lazyregexp.New(`^\d+\.\d+\.\d+(-[\w.]+)?`)

// pickManager follows packageManager, then the lock file, then engines.
func pickManager(files *hooks.Files, m manifest) manager {
	var out manager
	declared, version, _ := strings.Cut(m.packageManager, "@")
	if declared == "npm" || declared == "pnpm" || declared == "yarn" || declared == "bun" {
		out.name, out.evidence = declared, "package.json: packageManager"
		out.version = exactVersion.FindString(version) // without the checksum behind it
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
	switch out.name {
	case "yarn":
		out.readYarn(files)
	case "pnpm":
		out.wanted, out.fetch = pnpmFor(files, out.lock)
	}
	if asked := m.engines[out.name]; out.wanted == "" && understood.MatchString(asked) {
		out.wanted = strings.TrimSpace(asked)
	}
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

var (
	yarnPath   = lazyregexp.New(`(?m)^yarnPath:\s*["']?([^"'\s]+)`)
	nodeLinker = lazyregexp.New(`(?m)^nodeLinker:\s*["']?(node-modules|pnpm)\b`)
	berryLock  = lazyregexp.New(`(?m)^__metadata:\s+version: (\d+)`)
	pnpmLock   = lazyregexp.New(`(?m)^lockfileVersion: '?(\d+)`)
)

// readYarn tells yarn classic from what came after it.
func (m *manager) readYarn(files *hooks.Files) {
	config := readText(files, ".yarnrc.yml")
	lock := berryLock.FindStringSubmatch(readHead(files, "yarn.lock"))
	m.berry = config != "" || lock != nil || m.version != "" && !strings.HasPrefix(m.version, "1.")
	m.linked = nodeLinker.MatchString(config)
	if path := yarnPath.FindStringSubmatch(config); path != nil && files.Exists(path[1]) {
		m.bundled = path[1]
	}
	switch {
	case !m.berry:
		m.wanted = "1"
	case lock != nil && len(lock[1]) == 1 && lock[1] < "4":
		m.wanted = "2"
	case lock != nil && len(lock[1]) == 1 && lock[1] < "8": // 8 came with yarn 4
		m.wanted = "3"
	default:
		m.wanted = ">=4"
	}
}

// approvals matches settings that say which dependencies may run scripts.
var approvals = lazyregexp.New(`"?\b(allowBuilds|onlyBuiltDependencies|ignoredBuiltDependencies|neverBuiltDependencies)\b"?\s*:`)

// pnpmFor returns the versions that read the lock file, and the one to fetch:
// of the versions that do, each later one is stricter with what dependencies
// may do in an install, and refuses apps that have no settings for that yet.
// Source: pnpm's changelogs; 9.0 is the format since pnpm 9.
func pnpmFor(files *hooks.Files, lock string) (wanted, fetch string) {
	head := readHead(files, lock)
	version := pnpmLock.FindStringSubmatch(head)
	settings := readText(files, "pnpm-workspace.yaml")
	approved := approvals.FindStringSubmatch(readText(files, "package.json") + settings)
	switch {
	case version == nil:
		return "", ""
	case version[1] == "5":
		return "7", ""
	case version[1] == "6":
		return "8", ""
	case strings.HasPrefix(head, "---"), approved != nil && approved[1] == "allowBuilds":
		return ">=10", "latest"
	case approved != nil || settings != "" && len(pnpmPackages(settings)) == 0: // settings there are of pnpm 10
		return ">=9", "10"
	}
	return ">=9", "9"
}

// readHead returns the beginning of a file, however large it is.
func readHead(files *hooks.Files, name string) string {
	if name == "" {
		return ""
	}
	file, err := files.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	head := make([]byte, 1024)
	n, _ := file.Read(head)
	return string(head[:n])
}

// spec names the package of the registry that has the manager.
func (m manager) spec() string {
	name := m.name
	if m.berry {
		name = "@yarnpkg/cli-dist" // "yarn" is the classic one there
	}
	return name + "@" + orElse(m.version, m.fetch, m.wanted, "latest")
}

// title names the manager for people, with its version where one is named.
func (m manager) title() string {
	return strings.TrimSpace(m.name + " " + orElse(m.version, m.wanted))
}

// install returns the command that installs what the lock file says, with
// development dependencies: builds need them.
func (m manager) install() []string {
	argv := []string{m.name, "install"}
	flag := func(with, without string) {
		if m.lock != "" {
			without = with
		}
		if without != "" {
			argv = append(argv, without)
		}
	}
	switch {
	case m.name == "npm":
		if m.lock != "" {
			argv[1] = "ci"
		}
		return append(argv, "--prefer-offline", "--no-audit", "--no-fund", "--include=dev")
	case m.berry:
		flag("--immutable", "--no-immutable") // which CI=true would turn on
		return argv
	}
	flag("--frozen-lockfile", "")
	switch m.name {
	case "pnpm":
		flag("", "--no-frozen-lockfile")
		argv = append(argv, "--prefer-offline", "--prod=false")
	case "yarn":
		argv = append(argv, "--prefer-offline", "--production=false", "--non-interactive")
	}
	return argv
}

// run returns the command that runs a script of package.json.
func (m manager) run(script string) []string { return []string{m.name, "run", script} }

// add returns the command that adds a dependency, but for its name.
func (m manager) add() []string {
	if m.name == "npm" {
		return []string{"npm", "install"}
	}
	return []string{m.name, "add"}
}

// finishedBy is the file in node_modules that the manager writes last.
func (m manager) finishedBy() string {
	switch {
	case m.name == "npm":
		return ".package-lock.json"
	case m.berry:
		return ".yarn-state.yml"
	}
	return ".yarn-integrity"
}

// keepsStore tells managers that link modules from a store of their own, as
// fast as slot could.
func (m manager) keepsStore() bool { return m.name == "pnpm" || m.name == "bun" }

func orElse(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// versionBeside reads the version of a package from the package.json in dir or
// up to three folders above it; "" when there is none of that name.
func versionBeside(dir, name string, read func(string) ([]byte, error)) string {
	for range 4 {
		data, err := read(path.Join(dir, "package.json"))
		var m struct{ Name, Version string }
		if err == nil && json.Unmarshal(data, &m) == nil && m.Name != "" {
			if m.Name == name || name == "yarn" && m.Name == "@yarnpkg/cli-dist" {
				return m.Version
			}
			return ""
		}
		dir = path.Dir(dir)
	}
	return ""
}
