package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/slot-paas/slot/"

// house returns the imports of every file of the module: folder → file → imports.
func house(t *testing.T) map[string]map[string][]string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string][]string{}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		if d.IsDir() {
			_, own := os.Stat(filepath.Join(p, "go.mod"))
			switch {
			case p != root && own == nil: // a module of its own
				return fs.SkipDir
			case d.Name() == "node_modules", d.Name() == "testdata", p != root && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(rel))
		if found[dir] == nil {
			found[dir] = map[string][]string{}
		}
		for _, imp := range f.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			found[dir][filepath.Base(p)] = append(found[dir][filepath.Base(p)], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func floor(dir string) (int, bool) {
	for d := dir; d != "."; d = path.Dir(d) {
		if n, ok := Floors[d]; ok {
			return n, true
		}
	}
	return 0, false
}

func TestArrowsGoDownOnly(t *testing.T) {
	for dir, files := range house(t) {
		from, ok := floor(dir)
		if !ok {
			t.Errorf("%s stands on no floor: add it to the table", dir)
			continue
		}
		for file, imports := range files {
			if strings.HasSuffix(file, "_test.go") && from > 0 {
				continue // a test may fetch what it needs from the same house
			}
			for _, imp := range imports {
				to, ours := strings.CutPrefix(imp, module)
				if !ours || to == dir {
					continue
				}
				if strings.HasPrefix(dir, "internal/") && (to == "slot" || strings.HasPrefix(to, "internal/")) {
					continue
				}
				level, ok := floor(to)
				if !ok {
					t.Errorf("%s imports %s, which stands on no floor", dir, to)
				}
				if _, allowed := Allowed[[2]string{dir, to}]; level >= from && !allowed {
					t.Errorf("%s (floor %d) imports %s (floor %d): arrows go down only", dir, from, to, level)
				}
			}
		}
	}
}

func TestLibrariesThatAreOnlyAFaceStandInOneFile(t *testing.T) {
	for dir, files := range house(t) {
		for file, imports := range files {
			for _, imp := range imports {
				for lib, want := range OneFile {
					if (imp == lib || strings.HasPrefix(imp, lib+"/")) && path.Join(dir, file) != want {
						t.Errorf("%s imports %s; only %s may", path.Join(dir, file), imp, want)
					}
				}
			}
		}
	}
}

func TestFilesStayShort(t *testing.T) {
	for dir, files := range house(t) {
		for file := range files {
			if strings.HasSuffix(file, ".pb.go") || strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(filepath.Join("../..", dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(b), "\n"); n > 300 {
				t.Errorf("%s has %d lines, more than 300", path.Join(dir, file), n)
			}
		}
	}
}

// Coder's client would double what a process takes that merely starts
// (docs/decisions/0035): nothing that slot is linked with leads to it.
func TestSlotIsNotLinkedWithCodersClient(t *testing.T) {
	all, seen := house(t), map[string]bool{}
	var visit func(dir, from string)
	visit = func(dir, from string) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		if dir == "coderapi" {
			t.Errorf("cmd/slot reaches coderapi through %s", from)
		}
		for file, imports := range all[dir] {
			for _, imp := range imports {
				if to, ours := strings.CutPrefix(imp, module); ours && !strings.HasSuffix(file, "_test.go") {
					visit(to, dir)
				}
			}
		}
	}
	visit("cmd/slot", "")
	if !seen["commands"] {
		t.Error("cmd/slot was not followed")
	}
}
