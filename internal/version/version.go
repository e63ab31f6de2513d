// Package version says which slot this is.
package version

import "runtime/debug"

// Number is the version by semantic versioning; CHANGELOG.md has what it brought.
const Number = "0.1.0"

// String returns the number with the commit it was built from, where the
// build knew it.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Number
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 7 {
			return Number + " (" + s.Value[:7] + ")"
		}
	}
	return Number
}
