// Package semver compares a tool's version with the range that an app asks
// for, as npm, Deno and Bun write ranges. It has no state.
package semver

import (
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// Version is the numbers that a text begins with; Parts of them are given.
type Version struct {
	Numbers [3]int
	Parts   int
}

// Parse reads "v1.46.3", "2" or "1.2.x". What follows the numbers, such as
// "-rc.1", is left out.
func Parse(text string) Version {
	var v Version
	text = strings.TrimPrefix(strings.TrimSpace(text), "v")
	text, _, _ = strings.Cut(text, "-")
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || v.Parts == len(v.Numbers) {
			break
		}
		v.Numbers[v.Parts] = n
		v.Parts++
	}
	return v
}

// Less reports whether v is before w in those parts that w has.
func (v Version) Less(w Version) bool {
	for i := range w.Parts {
		if v.Numbers[i] != w.Numbers[i] {
			return v.Numbers[i] < w.Numbers[i]
		}
	}
	return false
}

// same reports whether the first parts are equal.
func (v Version) same(w Version, parts int) bool {
	for i := range min(parts, len(v.Numbers)) {
		if v.Numbers[i] != w.Numbers[i] {
			return false
		}
	}
	return true
}

var (
	readable   = lazyregexp.New(`^[\sv\d.xX*<>=^~|-]*$`)
	hyphen     = lazyregexp.New(`(\S+)\s+-\s+(\S+)`)
	comparator = lazyregexp.New(`(>=|<=|>|<|=|\^|~)?\s*v?([\dxX*][\d.xX*]*)`)
)

// Satisfies reports whether the version is in the range. A range that cannot
// be read ("canary") is satisfied: better no warning than a wrong one.
func Satisfies(version, wanted string) bool {
	have := Parse(version)
	if have.Parts == 0 || !readable.MatchString(wanted) {
		return true
	}
	for alternative := range strings.SplitSeq(wanted, "||") {
		all := true
		alternative = hyphen.ReplaceAllString(alternative, ">=$1 <=$2")
		for _, m := range comparator.FindAllStringSubmatch(alternative, -1) {
			all = all && have.holds(m[1], Parse(m[2]))
		}
		if all {
			return true
		}
	}
	return false
}

func (v Version) holds(operator string, w Version) bool {
	if w.Parts == 0 { // "*"
		return true
	}
	switch operator {
	case ">=":
		return !v.Less(w)
	case "<":
		return v.Less(w)
	case ">":
		return !v.Less(w) && !v.same(w, w.Parts)
	case "<=":
		return v.Less(w) || v.same(w, w.Parts)
	case "^":
		fixed := 1 // up to the first number that is not 0
		for fixed < w.Parts && w.Numbers[fixed-1] == 0 {
			fixed++
		}
		return !v.Less(w) && v.same(w, fixed)
	case "~":
		return !v.Less(w) && v.same(w, min(w.Parts, 2))
	}
	return v.same(w, w.Parts)
}
