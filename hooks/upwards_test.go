package hooks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/hooks"
)

func TestUpwards_StaysInTheRepository(t *testing.T) {
	top := t.TempDir()
	source := filepath.Join(top, "repository")
	app := filepath.Join(source, "apps", "api")
	if err := os.MkdirAll(app, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{filepath.Join(top, "outside"), filepath.Join(source, "lock"), filepath.Join(source, "both"), filepath.Join(app, "both")} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a := hooks.App{SourceDir: source, AppDir: app}
	for name, want := range map[string]string{"outside": "", "lock": filepath.Join(source, "lock"), "both": filepath.Join(app, "both"), "none": ""} {
		if got := a.Upwards(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
