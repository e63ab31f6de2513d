package slot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestWatched(t *testing.T) {
	for _, tt := range []struct {
		pattern, file string
		want          bool
	}{
		{"apps/web/**", "apps/web/src/a.js", true},
		{"apps/web/**", "apps/web", true}, // a submodule there
		{"apps/web/**", "apps/website/a.js", false},
		{"apps/web", "apps/web/src/a.js", true},
		{"apps/web/", "apps/web/src/a.js", true},
		{"apps/web", "apps/web2/a.js", false},
		{"apps/*/src", "apps/api/src/deep/a.go", true},
		{"apps/*/src", "apps/api/test/a.go", false},
		{"*.md", "README.md", true},
		{"*.md", "docs/README.md", false},
		{"**/*.md", "docs/deep/README.md", true},
		{"**/*.md", "README.md", true},
		{"**", "anything/at/all", true},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/b/c/y", false},
		{"src/[ab]?.go", "src/ax.go", true},
		{"src/[ab]?.go", "src/cx.go", false},
		{"größe/**", "größe/a b", true},
	} {
		if got := slot.Watched([]string{"nothing/here", tt.pattern}, tt.file); got != tt.want {
			t.Errorf("%s with %s: %v", tt.file, tt.pattern, got)
		}
	}
	if !slot.Watched(nil, "a") {
		t.Error("without patterns everything is watched")
	}
}

func TestWatched_IsQuickWithAnyPattern(t *testing.T) {
	pattern := strings.Repeat("**/a*/", 60) + "b"
	file := strings.Repeat("aaaa/", 200) + "c"
	begin := time.Now()
	if slot.Watched([]string{pattern}, file) {
		t.Error("it matched")
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestConfigValidate_ExplainsABadWatchPath(t *testing.T) {
	for _, pattern := range []string{"", "/abs", "../up", "a/../b", "a//b", "./a", "!docs/**", "a**", "a/**b", "[", "a\\b", "a\nb"} {
		c := slot.NewConfig()
		c.Slots["a"] = slot.SlotConfig{Deployment: slot.DeploymentConfig{WatchPaths: []string{"ok", pattern}}}
		err := c.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), "slots.a.deployment.watch_paths is ") || slot.AsError(err).Kind != slot.KindUsage {
			t.Errorf("%q: %v", pattern, err)
		}
	}
	c := slot.NewConfig()
	if err := c.Set("a.deployment.watch_paths", `["apps/web/**", "package.json"]`); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil || len(c.Slots["a"].Deployment.WatchPaths) != 2 {
		t.Errorf("%v: %v", c.Slots["a"].Deployment, err)
	}
	if err := c.Set("a.deployment.watch_paths", "apps/web/**, packages"); err != nil || !slices.Equal(c.Slots["a"].Deployment.WatchPaths, []string{"apps/web/**", "packages"}) {
		t.Errorf("%v: %v", c.Slots["a"].Deployment, err)
	}
	if err := c.Set("a.deployment.watch_paths", "[1]"); err == nil {
		t.Error("a number was taken")
	}
}
