package commands

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

func TestHookProject_HasEveryWordFilledIn(t *testing.T) {
	ours, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	goLine := regexp.MustCompile(`(?m)^go .*$`).Find(ours)
	for _, name := range []string{"hello", "a-2", "x", strings.Repeat("long", 8)} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new", "hook")
			if err := writeHookProject(name, dir); err != nil {
				t.Fatal(err)
			}
			var files []string
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				rel, _ := filepath.Rel(dir, path)
				files = append(files, rel)
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				if left := regexp.MustCompile(`HOOK_NAME|VERSION_OF_SLOT|\.tmpl`).Find(append(text, rel...)); left != nil {
					t.Errorf("%s still has %s", rel, left)
				}
				if filepath.Ext(path) == ".go" {
					if formatted, err := format.Source(text); err != nil || !bytes.Equal(text, formatted) {
						t.Errorf("%s is not formatted: %v", rel, err)
					}
				}
				if rel == "go.mod" && !bytes.Contains(text, append(goLine, '\n')) {
					t.Errorf("go.mod wants another Go than slot's %q", goLine)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{".gitignore", "README.md", "go.mod", "hook.go", "hook_test.go", "main.go", "testdata/hello/" + name + ".toml"}
			if diff := cmp.Diff(want, files); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// answer is what a hook that knows the app says; with a score of 0 it does not.
func answer(hook string, score int) host.Detection {
	return host.Detection{Hook: hook, Detection: hooks.Detection{Matched: score > 0, Score: score}}
}

func TestChoose_SaysWhy(t *testing.T) {
	for name, tt := range map[string]struct {
		answers        []host.Detection
		named          bool
		chosen, reason string
		close          []string
	}{
		"nothing matches":  {answers: []host.Detection{answer("node", 0), answer("static", 0)}},
		"one matches":      {answers: []host.Detection{answer("node", 70), answer("static", 0)}, chosen: "node", reason: chosenOnly},
		"far ahead":        {answers: []host.Detection{answer("node", 70), answer("static", 20)}, chosen: "node", reason: chosenScore},
		"ten ahead":        {answers: []host.Detection{answer("node", 70), answer("go", 60)}, chosen: "node", reason: chosenScore},
		"nine ahead":       {answers: []host.Detection{answer("node", 70), answer("go", 61), answer("static", 20)}, chosen: "node", reason: chosenScore, close: []string{"go"}},
		"equal":            {answers: []host.Detection{answer("node", 60), answer("go", 60), answer("zig", 60)}, chosen: "node", reason: chosenOrder, close: []string{"go", "zig"}},
		"asked by name":    {answers: []host.Detection{answer("static", 20)}, named: true, chosen: "static", reason: chosenNamed},
		"asked in vain":    {answers: []host.Detection{answer("static", 0)}, named: true},
		"equal far behind": {answers: []host.Detection{answer("a", 90), answer("b", 20), answer("c", 20)}, chosen: "a", reason: chosenScore},
	} {
		t.Run(name, func(t *testing.T) {
			got := choose("/app", tt.answers, tt.named)
			want := detected{Dir: "/app", Chosen: tt.chosen, Reason: tt.reason, Close: tt.close, Hooks: tt.answers}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHooks_EveryFieldOfTheirJSONIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[host.Info](), reflect.TypeFor[hookInfo](), reflect.TypeFor[inspectedHook](), reflect.TypeFor[detected](),
		reflect.TypeFor[host.Detection](), reflect.TypeFor[hooks.Detection](), reflect.TypeFor[hooks.Version](),
		reflect.TypeFor[hooks.Description](), reflect.TypeFor[hooks.Tool](),
	} {
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name != "" && !bytes.Contains(page, []byte("`"+name+"`")) {
				t.Errorf("docs/json.md does not name `%s` of %v", name, typ)
			}
		}
	}
}

// foundHooks has every state of a hook.
func foundHooks() []hookInfo {
	says := func(summary string) *hooks.Description {
		return &hooks.Description{Version: "1.2", Summary: summary}
	}
	at := func(name string, trust host.Trust) host.Info {
		return host.Info{Name: name, Path: "/home/you/.local/share/slot/hooks/slot-hook-" + name, Trust: trust, Active: trust == host.TrustGiven}
	}
	mine, unsafe := at("static", host.TrustGiven), at("shared", host.TrustUnsafe)
	mine.Overrides, unsafe.Problem = true, "others may write to the file (mode 0777)"
	return []hookInfo{
		{Info: host.Info{Name: "node", Trust: host.TrustBuiltin, Active: true}, Description: says("Builds Node.js apps")},
		{Info: host.Info{Name: "static", Trust: host.TrustBuiltin}},
		{Info: at("cobol", host.TrustUnknown)},
		{Info: at("fortran", host.TrustChanged)},
		{Info: at("pascal", host.TrustGiven), Error: &slot.Error{Err: os.ErrDeadlineExceeded}},
		{Info: unsafe},
		{Info: mine, Description: says("Serves\x1b[2J a folder")},
	}
}

// answers has every kind of answer to one app.
func answers() []host.Detection {
	node, static, skipped := answer("node", 70), answer("static", 20), answer("cobol", 0)
	node.Language, node.Framework, node.Evidence = "node", "express", []string{"package.json: dependencies.express", "package-lock.json"}
	node.Diagnostics = []slot.Diagnostic{{Severity: slot.SeverityWarning, Code: "node.engines", Summary: "node 20 was wanted", Hint: "set engines.node"}}
	node.Preview = slot.LaunchPlan{
		Processes: []slot.Process{{Type: slot.ProcessWeb, Argv: []string{"node", "server.js"}}, {Type: slot.ProcessWorker, Shell: "npm run jobs"}},
		Env:       map[string]string{"NODE_ENV": "production"},
	}
	static.Language, static.Evidence = "html", []string{"index.html"}
	procfile := answer("procfile", 0)
	procfile.Evidence = []string{"Procfile"}
	skipped.Diagnostics = []slot.Diagnostic{{Severity: slot.SeverityWarning, Code: "hook.skipped", Summary: "cannot use hook \"cobol\"", Hint: "slot hooks trust cobol"}}
	return []host.Detection{node, static, procfile, skipped}
}

func TestScreen_OfADetectedApp(t *testing.T) {
	for name, d := range map[string]detected{
		"choice": choose("/app", answers(), false),
		"close":  choose("/app", []host.Detection{answer("node", 60), answer("static", 60)}, false),
	} {
		var b bytes.Buffer
		if err := d.print(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "screen", "hooks_detect_"+name+".txt"), b.String())
	}
}

func TestScreen_OfAnInspectedHook(t *testing.T) {
	found := foundHooks()
	found[6].Description.WantsEnv = []string{"COBOL_HOME", "COB_*"}
	found[6].Description.Tools = []hooks.Tool{{Name: "sh"}, {Name: "cobc", Constraint: ">=3", InstallHint: "apt install gnucobol"}}
	for name, hook := range map[string]inspectedHook{
		"refused": {hookInfo: found[5]},
		"trusted": {hookInfo: found[6], ToolPaths: map[string]string{"sh": "/bin/sh", "cobc": ""}},
	} {
		var b bytes.Buffer
		if err := hook.print(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "screen", "hooks_inspect_"+name+".txt"), b.String())
	}
}
