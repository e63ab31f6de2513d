package hooktest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
)

// Golden asks the hook about each folder of dir, an app each, and compares what
// it thinks with NAME.json beside the folder. With update the files are written
// instead. The folder "fuzz", where Go keeps seeds, is no app.
func Golden(t *testing.T, hook hooks.Hook, dir string, update bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "fuzz" {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			app := filepath.Join(dir, e.Name())
			golden := app + ".json"
			got := encode(t, Detect(t, hook, app, hooks.Overrides{}))
			if update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Detect is what the hook thinks of the app in a folder.
func Detect(t *testing.T, hook hooks.Hook, app string, overrides hooks.Overrides) hooks.Detection {
	t.Helper()
	dir, err := filepath.Abs(app)
	if err != nil {
		t.Fatal(err)
	}
	d, err := hook.Detect(t.Context(), hooks.App{Slot: "a", SourceDir: dir, AppDir: dir, Overrides: overrides})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Need skips the test where a program of the machine is missing, and fails it
// where SLOT_TEST_STRICT=1 promises all of them.
func Need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("SLOT_TEST_STRICT") == "1" {
		t.Fatalf("the program %s is missing", program)
	}
	t.Skipf("the program %s is missing", program)
}

func encode(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
