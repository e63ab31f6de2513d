package ruby

import (
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// gems is what the Gemfile and its lock file ask for. The Gemfile is a program
// in Ruby: what is read here are the lines that people write; Bundler has the
// last word at the build.
type gems struct {
	file, lock string            // names, "" for none; other than Gemfile only gems.rb
	text       string            // of the Gemfile
	lockText   string            // of the lock file
	versions   map[string]string // of the lock file's gems, "" of those in the Gemfile alone
	sources    bool              // there is a place to fetch gems from
	local      bool              // some are folders of the repository
	vendored   bool              // the repository has the gems in vendor/cache
}

var (
	gemLine    = lazyregexp.New(`(?m)^\s*gem[\s(]+['"]([\w.-]+)['"]`)
	sourceLine = lazyregexp.New(`(?m)^\s*(?:source|git_source)\b|\b(?:git|github|source):`)
	pathLine   = lazyregexp.New(`(?m)^\s*(?:gemspec\b|path\b)|\bpath:`)
	lockedGem  = lazyregexp.New(`(?m)^    ([\w.-]+) \(([^()\s]+)\)\r?$`)
)

// readGems reads the manifest; without one every field is empty.
func readGems(files *hooks.Files) gems {
	g := gems{file: files.First("Gemfile", "gems.rb"), versions: map[string]string{}}
	switch g.file {
	case "":
		return g
	case "gems.rb":
		g.lock = files.First("gems.locked")
	default:
		g.lock = files.First("Gemfile.lock")
	}
	g.text, g.lockText = readText(files, g.file), readText(files, g.lock)
	for _, m := range gemLine.FindAllStringSubmatch(g.text, -1) {
		g.versions[m[1]] = ""
	}
	for _, m := range lockedGem.FindAllStringSubmatch(g.lockText, -1) {
		g.versions[m[1]] = m[2]
	}
	g.sources = sourceLine.MatchString(g.text) || strings.Contains(g.lockText, "\n  remote: ")
	g.local = pathLine.MatchString(g.text) || strings.Contains(g.lockText, "PATH\n  remote: ")
	g.vendored = files.IsDir("vendor/cache")
	return g
}

// has reports whether the app asks for a gem, by itself or through another.
func (g gems) has(name string) bool {
	_, ok := g.versions[name]
	return ok
}

// major returns the first number of a gem's locked version, "" when it is not
// known.
func (g gems) major(name string) string {
	first, _, _ := strings.Cut(g.versions[name], ".")
	return first
}

// known reports whether every gem that the app uses is named: without a lock
// file a gem may bring others along.
func (g gems) known() bool { return g.lock != "" }

func (g gems) evidence() (names []string) {
	for _, name := range []string{g.file, g.lock} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (g gems) diagnostics() []slot.Diagnostic {
	if g.file == "" || g.lock != "" {
		return nil
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityWarning, Code: "ruby.lock_missing", File: g.file,
		Summary: "there is no lock file: each build chooses the gems' versions anew",
		Hint:    "run bundle install and commit the lock file that it writes",
	}}
}
