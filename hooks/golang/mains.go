package golang

import (
	"bytes"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
)

// maxReads is how many source files are looked into. Source: the contract
// allows 200 in all.
const maxReads = 150

// finder looks for packages main.
type finder struct {
	files *hooks.Files
	left  int // files it may still read
}

// findMains returns the packages main of the first place that has any: the
// top, the folders below cmd, the modules of the workspace and below their cmd,
// the folders of the top. As packages for the go command: "." or "./cmd/api".
func findMains(files *hooks.Files, workspace []string) []string {
	f := &finder{files: files, left: maxReads}
	if f.isMain(".") {
		return []string{"."}
	}
	var modules []string
	for _, dir := range workspace {
		if f.isMain(dir) {
			modules = append(modules, dir)
		} else {
			modules = append(modules, f.below(path.Join(dir, "cmd"))...)
		}
	}
	for _, dirs := range [][]string{f.below("cmd"), modules, f.below(".")} {
		var mains []string
		for _, dir := range dirs {
			if f.isMain(dir) {
				mains = append(mains, "./"+dir)
			}
		}
		if len(mains) > 0 {
			slices.Sort(mains)
			return slices.Compact(mains)
		}
	}
	return nil
}

// below returns the folders of a folder that may hold a program of this
// module.
func (f *finder) below(dir string) []string {
	var dirs []string
	entries, _ := f.files.List(dir)
	for _, e := range entries {
		sub := path.Join(dir, e.Name())
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "_") &&
			!slices.Contains(aside(), e.Name()) && !f.files.Exists(path.Join(sub, "go.mod")) {
			dirs = append(dirs, sub)
		}
	}
	return dirs
}

// aside returns the names of folders whose programs are not the app.
func aside() []string {
	return []string{"testdata", "vendor", "node_modules", "internal", "example", "examples", "tools", "scripts", "hack", "docs"}
}

// isMain reports whether the folder's package is main: what its first file
// that would be built says.
func (f *finder) isMain(dir string) bool {
	entries, _ := f.files.List(dir)
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || f.left == 0 {
			continue
		}
		f.left--
		if clause := f.packageOf(dir, name); clause != "" && clause != "documentation" {
			return clause == "main"
		}
	}
	return false
}

// packageOf returns a file's package clause, "" when the file is left out of
// builds here or is not Go.
func (f *finder) packageOf(dir, name string) string {
	data, err := f.files.Read(path.Join(dir, name))
	if err != nil {
		return ""
	}
	machine := build.Default
	machine.CgoEnabled = true // else programs that need cgo were not seen
	machine.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	if ok, err := machine.MatchFile(dir, name); !ok || err != nil {
		return ""
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return file.Name.Name
}
