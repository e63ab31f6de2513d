package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestMirrorName_IsReadableSafeAndDifferent(t *testing.T) {
	safe := regexp.MustCompile(`^[A-Za-z0-9._-]*-[0-9a-f]{16}\.git$`)
	seen := map[string]string{}
	for _, address := range []string{
		"https://github.com/you/blog", "https://github.com/you/blog.git", "https://github.com/me/blog", "git@github.com:you/blog.git",
		"/srv/..", "/srv/.git", "https://h/-x", "https://h/größe 日本", "https://h/" + strings.Repeat("a", 500), "ssh://h:22/a:b@c",
	} {
		name := mirrorName(address)
		if !safe.MatchString(name) || strings.HasPrefix(name, ".") || len(name) > 70 {
			t.Errorf("%q has the mirror %q", address, name)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q share %q", address, other, name)
		}
		seen[name] = address
	}
	if name := mirrorName("https://github.com/you/blog.git"); !strings.HasPrefix(name, "blog-") {
		t.Errorf("the blog's mirror is %q", name)
	}
}

func TestRootIsThere(t *testing.T) {
	tree := t.TempDir()
	for _, dir := range []string{"apps/web", ".github", "docs"} {
		if err := os.MkdirAll(filepath.Join(tree, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"out": t.TempDir(), "in": "apps"} {
		if err := os.Symlink(target, filepath.Join(tree, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(tree, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		root string
		ok   bool
	}{
		{"", true}, {"apps/web", true}, {"in/web", true}, {"apps/none", false}, {"file", false}, {"out", false}, {"..", false}, {"../..", false},
	} {
		if err := rootIsThere(tree, tt.root); (err == nil) != tt.ok {
			t.Errorf("root %q: %v", tt.root, err)
		}
	}
	err := rootIsThere(tree, "app")
	if e := slot.AsError(err); e.Kind != slot.KindUsage || !strings.HasSuffix(e.Hint, "apps, docs") {
		t.Errorf("got %v (%s)", err, e.Hint)
	}
}

func TestDescribe_IsOneShortLine(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    slot.Source
		want string
	}{
		{"a commit", slot.Source{Commit: "3f9c2e1a77", Subject: "Fix the header"}, `3f9c2e1 "Fix the header"`},
		{"uncommitted changes", slot.Source{Commit: "3f9c2e1a77", Dirty: true}, "3f9c2e1 with uncommitted changes"},
		{"a folder without commits", slot.Source{Repository: "/srv/app", Local: true}, "folder /srv/app"},
		{"a subject that commands the terminal", slot.Source{Commit: "abc", Subject: "\x1b[2J"}, `abc "\x1b[2J"`},
		{"a long subject", slot.Source{Commit: "abc", Subject: strings.Repeat("ö", 60)}, `abc "` + strings.Repeat("ö", 49) + `…"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := describe(tt.s); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestClip_CountsCharacters(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"äöüß", 3, "äö…"}} {
		if got := clip(tt.in, tt.n); got != tt.want {
			t.Errorf("clip(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}
