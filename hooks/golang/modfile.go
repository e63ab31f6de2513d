package golang

import (
	"path"
	"strings"
)

// maxEntries bounds what is kept of a list in go.mod or go.work; far above what
// real ones have.
const maxEntries = 2000

// modFile is what this hook reads of a go.mod or go.work.
type modFile struct {
	module    string
	goVersion string // "1.24.0"
	toolchain string // "1.25.3", empty for "default"
	requires  []requirement
	uses      []string // go.work: clean relative folders
}

type requirement struct {
	path     string
	indirect bool
}

// parseModFile reads the lines it knows and passes over all others: what is
// wrong with a file is for the go command to tell.
// Source of the format: the Go Modules Reference, "go.mod files".
func parseModFile(data []byte) modFile {
	var m modFile
	block := ""
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
		code, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case block != "":
			m.add(block, words, comment)
		case len(words) >= 2 && words[1] == "(":
			block = words[0]
		case strings.HasSuffix(words[0], "("): // "require("
			block = strings.TrimSuffix(words[0], "(")
		case len(words) >= 2:
			m.add(words[0], words[1:], comment)
		}
	}
	return m
}

// add notes one line of a directive.
func (m *modFile) add(directive string, words []string, comment string) {
	value := strings.Trim(words[0], "\"`")
	switch {
	case value == "":
	case directive == "module":
		m.module = value
	case directive == "go":
		m.goVersion = value
	case directive == "toolchain":
		m.toolchain, _ = strings.CutPrefix(value, "go")
		if value == "default" {
			m.toolchain = ""
		}
	case directive == "require" && len(words) > 1 && len(m.requires) < maxEntries:
		indirect := strings.HasPrefix(strings.TrimSpace(comment), "indirect")
		m.requires = append(m.requires, requirement{value, indirect})
	case directive == "use" && len(m.uses) < maxEntries:
		m.uses = append(m.uses, path.Clean(value))
	}
}
