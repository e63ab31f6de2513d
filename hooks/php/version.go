package php

import (
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

var (
	toolVersions = lazyregexp.New(`(?m)^php[ \t]+(\S+)`)
	miseVersion  = lazyregexp.New(`(?m)^\s*php\s*=\s*["']([^"']+)["']`)
)

const fromManifest = "composer.json"

// wantedVersion returns the version of PHP that the slot or the app asks for.
func wantedVersion(files *hooks.Files, c composer, overrides hooks.Overrides) hooks.Version {
	v := hooks.Version{Tool: "php"}
	ask := func(requested, source string) {
		if requested = strings.TrimSpace(requested); v.Requested == "" && requested != "" {
			v.Requested, v.Source = requested, source
		}
	}
	ask(overrides.Versions["php"], "the slot's versions")
	first, _, _ := strings.Cut(readText(files, ".php-version"), "\n")
	ask(first, ".php-version")
	if m := toolVersions.FindStringSubmatch(readText(files, ".tool-versions")); m != nil {
		ask(m[1], ".tool-versions")
	}
	if m := miseVersion.FindStringSubmatch(readText(files, "mise.toml")); m != nil {
		ask(m[1], "mise.toml")
	}
	ask(c.require["php"], fromManifest)
	return v
}

var (
	hyphen     = lazyregexp.New(`^\s*v?([\d.]+)\s+-\s+v?([\d.]+)\s*$`)
	comparator = lazyregexp.New(`(>=|<=|>|<|!=|<>|==|=|\^|~)?\s*v?(\d+(?:\.\d+)*)(?:\.[*x])?(?:-\w+|@\w+)?`)
	understood = lazyregexp.New(`^[\s\d.,xv*@<>=!^~a-z-]*$`)
)

// satisfies reports whether a version such as "8.2.7" is in a range as Composer
// writes them. A range that it does not understand is satisfied: better no
// warning than a wrong one.
func satisfies(version, wanted string) bool {
	have, n := parseVersion(version)
	if n == 0 {
		return true
	}
	for alternative := range strings.SplitSeq(strings.ReplaceAll(wanted, "||", "|"), "|") {
		if inAll(have, alternative) {
			return true
		}
	}
	return false
}

func inAll(have [3]int, set string) bool {
	if m := hyphen.FindStringSubmatch(set); m != nil { // 8.3 as its end stands for all of 8.3
		low, _ := parseVersion(m[1])
		high, n := parseVersion(m[2])
		return order(have, low, 3) >= 0 && order(have, high, n) <= 0
	}
	if !understood.MatchString(set) {
		return true
	}
	for _, m := range comparator.FindAllStringSubmatch(set, -1) {
		want, n := parseVersion(m[2])
		if !holds(have, m[1], want, n) {
			return false
		}
	}
	return true
}

// holds compares with a version of which n parts are given. A plain 8.2 means
// any 8.2: Composer takes it for 8.2.0, which nobody means who writes it.
func holds(have [3]int, operator string, want [3]int, n int) bool {
	switch operator {
	case ">=":
		return order(have, want, 3) >= 0
	case "<=":
		return order(have, want, 3) <= 0
	case ">":
		return order(have, want, 3) > 0
	case "<":
		return order(have, want, 3) < 0
	case "!=", "<>":
		return order(have, want, n) != 0
	case "^":
		return order(have, want, 3) >= 0 && order(have, want, 1) == 0
	case "~":
		return order(have, want, 3) >= 0 && order(have, want, max(n-1, 1)) == 0
	}
	return order(have, want, n) == 0
}

// order is below, at or above 0 as a is to b, by their first parts.
func order(a, b [3]int, parts int) (o int) {
	for i := 0; i < parts && o == 0; i++ {
		o = a[i] - b[i]
	}
	return o
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
