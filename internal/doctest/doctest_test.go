package doctest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/arch"
	"github.com/slot-paas/slot/slot"
)

const root = "../.."

func page(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// want reports what a page does not name in backquotes.
func want(t *testing.T, name string, words ...string) {
	t.Helper()
	text := page(t, name)
	for _, w := range words {
		if !strings.Contains(text, "`"+w+"`") {
			t.Errorf("%s does not name `%s`", name, w)
		}
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md", "CHANGELOG.md"}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(p string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(p, ".md") {
			rel, _ := filepath.Rel(root, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var (
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	fence   = regexp.MustCompile("(?s)```.*?```")
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors that GitHub gives the headings of a page.
func anchors(text string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return all
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	for _, name := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(page(t, name), ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := filepath.Join(filepath.Dir(name), file)
			if file == "" {
				target = name
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			} else if anchor != "" && !slices.Contains(anchors(page(t, target)), anchor) {
				t.Errorf("%s links to %s, which has no such heading", name, m[1])
			}
		}
	}
}

func TestEveryDocumentStandsInItsIndex(t *testing.T) {
	for _, name := range documents(t) {
		dir, file := filepath.Split(name)
		if dir == "" || file == "README.md" {
			continue
		}
		if !strings.Contains(page(t, dir+"README.md"), "("+file+")") {
			t.Errorf("%sREADME.md does not link to %s", dir, file)
		}
	}
}

// literals returns the texts in the module's Go files, tests excepted.
func literals(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git") {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					all = append(all, text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestConfigurationNamesEveryVariable(t *testing.T) {
	variable := regexp.MustCompile(`\bSLOT_[A-Z][A-Z_]*[A-Z]\b`)
	seen := map[string]bool{}
	for _, text := range literals(t, ".") {
		for _, name := range variable.FindAllString(text, -1) {
			seen[name] = true
		}
	}
	if len(seen) < 10 {
		t.Fatalf("only %d variables found: this test looks in the wrong place", len(seen))
	}
	for name := range seen {
		want(t, "docs/configuration.md", name)
	}
}

func TestConfigurationNamesEveryField(t *testing.T) {
	want(t, "docs/configuration.md", fields(reflect.TypeFor[slot.SlotConfig](), "", true)...)
	want(t, "docs/configuration.md", fields(reflect.TypeFor[slot.Notice](), "", false)...)
	tag := regexp.MustCompile("`json:\"([a-z_]+)")
	found := tag.FindAllStringSubmatch(page(t, "internal/settings/settings.go"), -1)
	if len(found) < 5 {
		t.Errorf("only %d settings found: this test looks in the wrong place", len(found))
	}
	for _, m := range found {
		want(t, "docs/configuration.md", m[1])
	}
}

func TestJSONNamesEveryField(t *testing.T) {
	for _, typ := range []reflect.Type{
		reflect.TypeFor[slot.Status](), reflect.TypeFor[slot.Deployment](), reflect.TypeFor[slot.Step](),
		reflect.TypeFor[slot.Diagnostic](), reflect.TypeFor[slot.Event](), reflect.TypeFor[slot.BuildLine](),
		reflect.TypeFor[slot.Release](), reflect.TypeFor[slot.Source](), reflect.TypeFor[slot.LaunchPlan](),
		reflect.TypeFor[slot.Process](), reflect.TypeFor[slot.StaticSite](), reflect.TypeFor[slot.Health](),
		reflect.TypeFor[slot.Inspection](), reflect.TypeFor[slot.Explanation](), reflect.TypeFor[slot.ProcessRecord](), reflect.TypeFor[slot.Identity](),
		reflect.TypeFor[slot.SandboxReport](), reflect.TypeFor[slot.Claim](),
		reflect.TypeFor[slot.Traffic](), reflect.TypeFor[slot.StatusClasses](), reflect.TypeFor[slot.Latency](), reflect.TypeFor[slot.Recent](),
		reflect.TypeFor[slot.DatabaseStatus](), reflect.TypeFor[slot.DatabaseInfo](), reflect.TypeFor[slot.DatabaseAccess](),
		reflect.TypeFor[slot.Usage](), reflect.TypeFor[slot.Alert](), reflect.TypeFor[slot.LimitInForce](), reflect.TypeFor[slot.LimitsReport](),
		reflect.TypeFor[slot.Backup](), reflect.TypeFor[slot.PgAdminStatus](),
	} {
		want(t, "docs/json.md", fields(typ, "", false)...)
	}
}

// fields returns the JSON names of a struct, those of structs in it as paths
// when deep.
func fields(typ reflect.Type, prefix string, deep bool) []string {
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || name == "":
		case deep && f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[time.Time]():
			names = append(names, fields(f.Type, prefix+name+".", deep)...)
		default:
			names = append(names, prefix+name)
		}
	}
	return names
}

func TestExitCodesNamesEveryKind(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "slot/error.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	text := page(t, "docs/exit-codes.md")
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "Kind" {
			return true
		}
		kind, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		code := slot.ExitCode(slot.E(slot.Kind(kind), "", os.ErrInvalid))
		if row := "| " + strconv.Itoa(code) + " | `" + kind + "` |"; !strings.Contains(text, row) {
			t.Errorf("docs/exit-codes.md has no row %q", row)
		}
		want(t, "docs/control-api.md", kind)
		kinds++
		return true
	})
	if kinds < 8 {
		t.Errorf("only %d kinds found: this test looks in the wrong place", kinds)
	}
}

func TestControlAPINamesEveryRoute(t *testing.T) {
	route := regexp.MustCompile(`^(GET|POST|PATCH|PUT|DELETE) /v1/`)
	routes := slices.DeleteFunc(literals(t, "supervisor/api"), func(s string) bool { return !route.MatchString(s) })
	if len(routes) < 10 {
		t.Fatalf("only %d routes found: this test looks in the wrong place", len(routes))
	}
	want(t, "docs/control-api.md", routes...)
}

func TestArchitectureNamesEveryFloor(t *testing.T) {
	text := page(t, "docs/architecture.md")
	for folder, floor := range arch.Floors {
		if row := "| " + strconv.Itoa(floor) + " | `" + folder + "` |"; !strings.Contains(text, row) {
			t.Errorf("docs/architecture.md has no row %q", row)
		}
	}
}

func TestDecisionsStayShort(t *testing.T) {
	for _, name := range documents(t) {
		if n := strings.Count(page(t, name), "\n"); strings.HasPrefix(name, "docs/decisions/0") && n > 40 {
			t.Errorf("%s has %d lines, more than 40", name, n)
		}
	}
}
