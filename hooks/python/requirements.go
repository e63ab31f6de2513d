package python

import (
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// requirements is what lines for pip ask for. Source: pip's documentation,
// "Requirements File Format".
type requirements struct {
	names  map[string]bool // of distributions, normalised
	pinned bool            // each to one version
	local  bool            // some are folders of the app, or editable
	text   string          // all lines, those of included files too
}

// maxIncluded bounds how many files include each other.
const maxIncluded = 20

// readRequirements reads a file and those that it includes.
func readRequirements(files *hooks.Files, name string) requirements {
	r := requirements{names: map[string]bool{}, pinned: true}
	seen := map[string]bool{}
	var read func(name string, constraints bool)
	read = func(name string, constraints bool) {
		if seen[name] || len(seen) == maxIncluded {
			return
		}
		seen[name] = true
		text := readText(files, name)
		r.text += "# " + name + "\n" + text + "\n"
		for _, line := range logicalLines(text) {
			if match := included.FindStringSubmatch(line); match != nil {
				read(path.Join(path.Dir(name), match[2]), strings.HasPrefix(match[1], "-c") || match[1] == "--constraint")
			} else if !constraints {
				r.add(line)
			}
		}
	}
	read(name, false)
	return r
}

// parseRequirements reads lines that are not in a file.
func parseRequirements(lines []string) requirements {
	r := requirements{names: map[string]bool{}, pinned: true, text: strings.Join(lines, "\n") + "\n"}
	for _, line := range lines {
		r.add(line)
	}
	return r
}

var (
	included  = lazyregexp.New(`^(-r|--requirement|-c|--constraint)[\s=]*(\S+)$`)
	folder    = lazyregexp.New(`^(-e\b|--editable\b|\.|/|file:)|@\s*(file:|\.)`)
	dependsOn = lazyregexp.New(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*([^;]*)`)
	exactly   = lazyregexp.New(`^\(?\s*===?\s*[^\s*,]+(\s|\)|$)`)
	comment   = lazyregexp.New(`(^|\s)#.*$`)
	separator = lazyregexp.New(`[-_.]+`)
)

func (r *requirements) add(line string) {
	if folder.MatchString(line) {
		r.local = true
		return
	}
	if match := dependsOn.FindStringSubmatch(line); match != nil {
		r.names[normal(match[1])] = true
		r.pinned = r.pinned && exactly.MatchString(match[2])
	}
}

// logicalLines joins continued lines and drops comments and empty ones.
func logicalLines(text string) (lines []string) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(comment.ReplaceAllString(strings.TrimRight(line, "\n"), ""))
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// normal writes the name of a distribution as indexes do.
func normal(name string) string { return strings.ToLower(separator.ReplaceAllString(name, "-")) }
