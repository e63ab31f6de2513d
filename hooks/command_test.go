package hooks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

func TestCommand_PutsAsLittleAsPossibleInBetween(t *testing.T) {
	argv := func(words ...string) slot.Process { return slot.Process{Type: "web", Argv: words} }
	for _, tt := range []struct {
		line string
		want slot.Process
	}{
		{"node server.js --quiet", argv("node", "server.js", "--quiet")},
		{"NODE_ENV=production node server.js", argv("env", "NODE_ENV=production", "node", "server.js")},
		{"node server.js $PORT", slot.Process{Type: "web", Shell: "node server.js $PORT"}},
		{`node -e "x y"`, slot.Process{Type: "web", Shell: `node -e "x y"`}},
		{"tsx src/server.ts", slot.Process{Type: "web", Shell: "tsx src/server.ts"}},
		{"./serve", slot.Process{Type: "web", Shell: "./serve"}},
		{"A=$B node x.js", argv("sh", "-c", "A=$B node x.js")},
		{"node a.js && node b.js", argv("sh", "-c", "node a.js && node b.js")},
		{"cd server", argv("sh", "-c", "cd server")},
		{". ./env", argv("sh", "-c", ". ./env")},
		{"exec ./serve", argv("sh", "-c", "exec ./serve")},
		{"./serve > log", argv("sh", "-c", "./serve > log")},
		{"./serve `hostname`", argv("sh", "-c", "./serve `hostname`")},
	} {
		t.Run(tt.line, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, hooks.Command("web", tt.line)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzCommand(f *testing.F) {
	for _, seed := range []string{"node x.js", "A=b c", "a && b", "$(a)", "cd", ". x", "=a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.TrimSpace(line) == "" || strings.Contains(line, "\x00") {
			return
		}
		plan := slot.LaunchPlan{Processes: []slot.Process{hooks.Command("web", line)}}
		if err := plan.Validate(); err != nil {
			t.Error(err)
		}
	})
}
