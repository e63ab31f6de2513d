package ruby

import (
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

var (
	rubyLine     = lazyregexp.New(`(?m)^\s*ruby[\s(]+((?:['"][^'"\n]+['"]\s*,?\s*)+)`)
	rubyFile     = lazyregexp.New(`(?m)^\s*ruby[\s(]+(?:file:|:file\s*=>)\s*['"]([\w./-]+)['"]`)
	quoted       = lazyregexp.New(`['"]([^'"\n]+)['"]`)
	toolVersions = lazyregexp.New(`(?m)^ruby[ \t]+(\S+)`)
	miseVersion  = lazyregexp.New(`(?m)^\s*ruby\s*=\s*["']([^"']+)["']`)
)

const slotsVersions = "the slot's versions"

// wantedVersion returns the version of Ruby that the slot or the app asks for.
func wantedVersion(files *hooks.Files, g gems, overrides hooks.Overrides) hooks.Version {
	v := hooks.Version{Tool: "ruby"}
	ask := func(requested, source string) {
		if requested = strings.TrimPrefix(strings.TrimSpace(requested), "ruby-"); v.Requested == "" && requested != "" {
			v.Requested, v.Source = requested, source
		}
	}
	firstLine := func(name string) string {
		first, _, _ := strings.Cut(readText(files, name), "\n")
		return first
	}
	ask(overrides.Versions["ruby"], slotsVersions)
	if m := rubyLine.FindStringSubmatch(g.text); m != nil {
		var all []string
		for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
			all = append(all, q[1])
		}
		ask(strings.Join(all, ", "), g.file)
	} else if m := rubyFile.FindStringSubmatch(g.text); m != nil {
		if m[1] == ".tool-versions" {
			m[1] = ""
		}
		ask(firstLine(m[1]), g.file)
	}
	ask(firstLine(".ruby-version"), ".ruby-version")
	if m := toolVersions.FindStringSubmatch(readText(files, ".tool-versions")); m != nil {
		ask(m[1], ".tool-versions")
	}
	if m := miseVersion.FindStringSubmatch(readText(files, "mise.toml")); m != nil {
		ask(m[1], "mise.toml")
	}
	return v
}

var requirement = lazyregexp.New(`^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+)*)(?:-?p\d+)?$`)

// satisfies reports whether a version such as "3.1.7" meets requirements as
// RubyGems writes them, separated by commas. A plain "3.1" of a version file
// means any 3.1; one that is not understood ("jruby-9.4") is satisfied: better
// no warning than a wrong one.
func satisfies(version, wanted string) bool {
	have, _ := parseVersion(version)
	for part := range strings.SplitSeq(wanted, ",") {
		m := requirement.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return true
		}
		want, n := parseVersion(m[2])
		if !holds(have, m[1], want, n) {
			return false
		}
	}
	return true
}

// holds compares with a version of which n parts are given.
func holds(have [3]int, operator string, want [3]int, n int) bool {
	order := 0
	for i := 0; i < len(have) && order == 0; i++ {
		order = have[i] - want[i]
	}
	same := func(parts int) bool {
		for i := range parts {
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
	case "~>":
		return order >= 0 && same(max(n-1, 1))
	}
	return same(n)
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
