package node

import (
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

var (
	toolVersions = lazyregexp.New(`(?m)^node(?:js)?[ \t]+(\S+)`)
	miseVersion  = lazyregexp.New(`(?m)^\s*node\s*=\s*["']([^"']+)["']`)
)

// wantedVersion returns the version of node that the slot or the app asks for.
func wantedVersion(files *hooks.Files, m manifest, overrides hooks.Overrides) hooks.Version {
	v := hooks.Version{Tool: "node"}
	ask := func(requested, source string) {
		if requested = strings.TrimSpace(requested); v.Requested == "" && requested != "" {
			v.Requested, v.Source = requested, source
		}
	}
	ask(overrides.Versions["node"], "the slot's versions")
	ask(m.engines["node"], "package.json engines.node")
	for _, name := range []string{".nvmrc", ".node-version"} {
		first, _, _ := strings.Cut(readText(files, name), "\n")
		ask(first, name)
	}
	if match := toolVersions.FindStringSubmatch(readText(files, ".tool-versions")); match != nil {
		ask(match[1], ".tool-versions")
	}
	if match := miseVersion.FindStringSubmatch(readText(files, "mise.toml")); match != nil {
		ask(match[1], "mise.toml")
	}
	return v
}

// satisfies reports whether a version such as "20.20.2" is in a range as npm
// writes them. A range that it does not understand ("lts/*") is satisfied:
// better no warning than a wrong one.
func satisfies(version, wanted string) bool {
	have, n := parseVersion(version)
	if n == 0 {
		return true
	}
	for alternative := range strings.SplitSeq(wanted, "||") {
		if inAll(have, alternative) {
			return true
		}
	}
	return false
}

var (
	hyphen     = lazyregexp.New(`^\s*v?([\d.]+)\s+-\s+v?([\d.]+)\s*$`)
	comparator = lazyregexp.New(`(>=|<=|>|<|=|\^|~)?\s*v?([0-9][0-9xX.*]*|\*)`)
	understood = lazyregexp.New(`^[\s\d.xX*v<>=^~]*$`)
)

func inAll(have [3]int, set string) bool {
	if m := hyphen.FindStringSubmatch(set); m != nil {
		set = ">=" + m[1] + " <=" + m[2]
	}
	if !understood.MatchString(set) {
		return true
	}
	for _, m := range comparator.FindAllStringSubmatch(set, -1) {
		if !holds(have, m[1], m[2]) {
			return false
		}
	}
	return true
}

// holds compares with a version of which n parts are given.
func holds(have [3]int, operator, text string) bool {
	want, n := parseVersion(text)
	if n == 0 {
		return true
	}
	same := func(parts int) bool {
		for i := range parts {
			if have[i] != want[i] {
				return false
			}
		}
		return true
	}
	less := false // have < want
	for i := range n {
		if have[i] != want[i] {
			less = have[i] < want[i]
			break
		}
	}
	switch operator {
	case ">=":
		return !less
	case "<":
		return less
	case ">":
		return !less && !same(n)
	case "<=":
		return less || same(n)
	case "^":
		return !less && same(1)
	case "~":
		return !less && same(min(n, 2))
	}
	return same(n)
}

// parseVersion returns the leading numbers and how many there are.
func parseVersion(text string) (v [3]int, n int) {
	for part := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSpace(text), "v"), ".") {
		number, err := strconv.Atoi(part)
		if err != nil || n == len(v) {
			break
		}
		v[n] = number
		n++
	}
	return v, n
}
