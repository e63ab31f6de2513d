package python

import (
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

var toolVersions = lazyregexp.New(`(?m)^python[ \t]+(\S+)`)

// wantedVersion returns the version of Python that the slot or the app asks
// for.
func wantedVersion(files *hooks.Files, p project, overrides hooks.Overrides) hooks.Version {
	v := hooks.Version{Tool: "python"}
	ask := func(requested, source string) {
		if requested = strings.TrimSpace(requested); v.Requested == "" && requested != "" {
			v.Requested, v.Source = requested, source
		}
	}
	ask(overrides.Versions["python"], "the slot's versions")
	first, _, _ := strings.Cut(readText(files, ".python-version"), "\n")
	ask(first, ".python-version")
	ask(strings.TrimPrefix(strings.TrimSpace(readText(files, "runtime.txt")), "python-"), "runtime.txt")
	ask(p.Project.Python, "pyproject.toml requires-python")
	if text, ok := p.Tool.Poetry.Dependencies["python"].(string); ok {
		ask(text, "pyproject.toml tool.poetry.dependencies")
	}
	var pipfile struct {
		Requires struct {
			Full string `toml:"python_full_version"`
			Part string `toml:"python_version"`
		}
	}
	if _, err := toml.Decode(readText(files, "Pipfile"), &pipfile); err == nil {
		ask(pipfile.Requires.Full, "Pipfile")
		ask(pipfile.Requires.Part, "Pipfile")
	}
	if match := toolVersions.FindStringSubmatch(readText(files, ".tool-versions")); match != nil {
		ask(match[1], ".tool-versions")
	}
	return v
}

var (
	comparator = lazyregexp.New(`^(===|==|!=|~=|>=|<=|>|<|\^|~|=)?\s*v?(\d+(?:\.\d+)*)(\.\*)?$`)
	minor      = lazyregexp.New(`^\s*(?:==)?\s*(3\.\d+)`)
)

// satisfies reports whether a version such as "3.11.7" is in a range as PEP 440
// and Poetry write them. A range that it does not understand ("pypy3.10") is
// satisfied: better no warning than a wrong one.
func satisfies(version, wanted string) bool {
	have, _ := parseVersion(version)
	any := false
	for alternative := range strings.SplitSeq(wanted, "||") {
		all := true
		for part := range strings.SplitSeq(alternative, ",") {
			m := comparator.FindStringSubmatch(strings.TrimSpace(part))
			if m == nil {
				return true
			}
			want, n := parseVersion(m[2])
			all = all && holds(have, m[1], want, n)
		}
		any = any || all
	}
	return any
}

// holds compares with a version of which n parts are given.
func holds(have [3]int, operator string, want [3]int, n int) bool {
	order := 0 // of the given parts
	for i := 0; i < n && order == 0; i++ {
		order = have[i] - want[i]
	}
	same := func(parts int) bool {
		for i := range max(parts, 1) {
			if have[i] != want[i] {
				return false
			}
		}
		return true
	}
	switch operator {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	case "!=":
		return order != 0
	case "~=":
		return order >= 0 && same(n-1)
	case "^":
		return order >= 0 && same(1)
	case "~":
		return order >= 0 && same(min(n, 2))
	}
	return order == 0
}

// parseVersion returns the leading numbers and how many there are.
func parseVersion(text string) (v [3]int, n int) {
	for part := range strings.SplitSeq(text, ".") {
		number, err := strconv.Atoi(part)
		if err != nil || n == len(v) {
			break
		}
		v[n] = number
		n++
	}
	return v, n
}
