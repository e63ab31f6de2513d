package golang

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseModFile_ReadsWhatTheHookNeeds(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       modFile
	}{
		{"lines", "module example.com/x // the app\n\ngo 1.24.0\ntoolchain go1.25.3\nrequire a.org/b v1.0.0\nrequire a.org/c v1.0.0 // indirect\n",
			modFile{module: "example.com/x", goVersion: "1.24.0", toolchain: "1.25.3", requires: []requirement{{"a.org/b", false}, {"a.org/c", true}}}},
		{"blocks", "require (\n\t// why\n\ta.org/b v1.0.0\n\n\ta.org/c v1.0.0 //indirect\n)\nexclude (\n\ta.org/d v1.0.0\n)\nreplace a.org/b => ../b\n",
			modFile{requires: []requirement{{"a.org/b", false}, {"a.org/c", true}}}},
		{"block without a space", "require(\n\ta.org/b v1.0.0\n)\n", modFile{requires: []requirement{{"a.org/b", false}}}},
		{"quoted", "module \"example.com/x\"\n\nuse `./api`\n", modFile{module: "example.com/x", uses: []string{"api"}}},
		{"workspace", "go 1.24\r\n\r\nuse (\r\n\t.\r\n\t./api/\r\n)\r\n", modFile{goVersion: "1.24", uses: []string{".", "api"}}},
		{"default toolchain", "toolchain default\n", modFile{}},
		{"nonsense", "go\nrequire\n)\nmodule (\n", modFile{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parseModFile([]byte(tt.text)), cmp.AllowUnexported(modFile{}, requirement{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParseModFile(f *testing.F) {
	for _, seed := range []string{"module x\n\ngo 1.24\n", "require (\n\ta v1 // indirect\n", "use \"\"", "\uFEFFmodule (\n)\n", "go go go\n((", "`\n\"\n\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := parseModFile(data)
		if len(m.requires) > maxEntries || len(m.uses) > maxEntries {
			t.Error("it keeps more than it may")
		}
		for _, word := range append([]string{m.module, m.goVersion, m.toolchain}, m.uses...) {
			if strings.ContainsAny(word, " \n") {
				t.Errorf("%q is not one word", word)
			}
		}
	})
}
