package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// The standard library's own is the measure: for each path alone, and for all
// of them in one look.
func TestResolver_LeadsWhereTheKernelDoes(t *testing.T) {
	dir := outside(t)
	file(t, dir, "real/sub/file")
	for name, to := range map[string]string{
		"relative": "real/sub", "absolute": filepath.Join(dir, "real"), "again": "relative", "up": "real/sub/..", "through": "relative/../sub/file",
		"dangling": "nowhere/file", "loop": "loop", "there": "back", "back": "there", "slash": "real/", "root": "/",
		"gone": "/proc/self/fd/0/nothing", "real/sub/out": "../../relative/file",
	} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	all := resolver{}
	for _, name := range []string{
		"", "real", "real/", "real//sub/./file", "real/sub/../sub", "real/sub/file", "real/sub/file/x", "real/sub/file/..", "real/sub/file/.",
		"relative", "relative/", "relative/file", "relative/..", "relative/../sub", "absolute/sub/file", "again/file", "up", "up/sub", "through",
		"dangling", "dangling/x", "loop", "loop/x", "there", "back", "slash", "slash/sub", "root", "root/etc/..", "gone", "missing", "missing/x",
		"real/sub/out", "relative/out", "../../../../../../../../etc",
	} {
		path := dir + "/" + name
		want, wantErr := filepath.EvalSymlinks(path)
		for which, r := range map[string]resolver{"alone": {}, "with others": all} {
			for range 2 { // the second answer is remembered
				if got := r.find(path); (got.err == nil) != (wantErr == nil) || wantErr == nil && got.path != want {
					t.Errorf("%q %s: %q, %v; want %q, %v", name, which, got.path, got.err, want, wantErr)
				}
			}
		}
	}
	if got := all.find("etc"); got.err == nil {
		t.Errorf("a relative path leads to %q", got.path)
	}
}

func TestResolver_TakesWhatIsThere(t *testing.T) {
	dir := outside(t)
	if err := os.Symlink(file(t, dir, "a/key"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("missing", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	paths := []string{dir + "/link", dir + "/dangling", dir + "/missing/x"}
	if got, want := (resolver{}).existing(paths), []string{dir + "/a/key"}; !slices.Equal(got, want) {
		t.Errorf("existing: %q, want %q", got, want)
	}
	// What is protected and not there yet is protected where it will be.
	want := []string{dir + "/a/key", dir + "/dangling", dir + "/missing/x"}
	if got := (resolver{}).reals(paths); !slices.Equal(got, want) {
		t.Errorf("reals: %q, want %q", got, want)
	}
	// A link of /proc to what has no path.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	pipe := filepath.Join("/proc/self/fd", strconv.Itoa(int(r.Fd())))
	if got := (resolver{}).existing([]string{pipe}); !slices.Equal(got, []string{pipe}) {
		t.Errorf("existing: %q, want %q", got, pipe)
	}
}
