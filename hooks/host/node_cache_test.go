package host_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/slot-paas/slot/hooks/host"
)

func TestNode_ToolsCachesAreKeptForTheSameAppUpToASize(t *testing.T) {
	t.Parallel()
	need(t, "npm")
	h, dir := newHost(t)
	const build = `cat node_modules/.cache/tool/state 2>/dev/null; mkdir -p node_modules/.cache/tool && echo warm > node_modules/.cache/tool/state`
	const large = build + ` && truncate -s 600M node_modules/.cache/tool/large`
	for _, tt := range []struct {
		name, app, script, step string
		kept, hit, noCache      bool
	}{
		{"first", "one", build, "npm run build", true, false, false},
		{"again", "one", build, "npm run build (node_modules/.cache from cache)", true, true, false},
		{"another app in the slot", "two", build, "npm run build", true, false, false},
		{"back", "one", build, "npm run build (node_modules/.cache from cache)", true, true, false},
		{"from scratch", "one", build, "npm run build", true, false, true},
		{"too large", "one", large, "npm run build (node_modules/.cache from cache)", false, true, false},
		{"after that", "one", build, "npm run build", true, false, false},
	} {
		if err := os.RemoveAll(filepath.Join(dir, "app")); err != nil {
			t.Fatal(err)
		}
		write(t, dir, map[string]string{
			"package.json": `{"name": "` + tt.app + `", "scripts": {"start": "node server.js", "build": "sh build.sh"}}`,
			"build.sh":     tt.script, "server.js": app,
		})
		result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.NoCache = tt.noCache })
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if len(steps) != 1 || steps[0].Detail != tt.step {
			t.Errorf("%s: got steps %+v", tt.name, steps)
		}
		if kept := len(result.Caches) == 1; kept != tt.kept || kept && result.Caches[0].Hit != tt.hit {
			t.Errorf("%s: got caches %+v", tt.name, result.Caches)
		}
		if had := slices.Contains(result.Output, "warm"); had != tt.hit {
			t.Errorf("%s: the tool found its cache: %v, in %q", tt.name, had, result.Output)
		}
	}
}
