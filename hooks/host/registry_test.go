package host_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks/host"
)

// serveRegistry serves an npm registry that has one package, "tiny".
func serveRegistry(t *testing.T) *httptest.Server {
	t.Helper()
	var data bytes.Buffer
	zip := gzip.NewWriter(&data)
	archive := tar.NewWriter(zip)
	for name, text := range map[string]string{
		"package/package.json": `{"name": "tiny", "version": "1.0.0", "type": "module", "exports": "./index.js"}`,
		"package/index.js":     "export default 42;\n",
	} {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(data.Bytes())
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/tiny":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{
				"name": "tiny", "dist-tags": map[string]string{"latest": "1.0.0"},
				"versions": map[string]any{"1.0.0": map[string]any{
					"name": "tiny", "version": "1.0.0", "dist": map[string]string{
						"tarball": s.URL + "/tiny/-/tiny-1.0.0.tgz", "integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
					},
				}},
			})
		case "/tiny/-/tiny-1.0.0.tgz":
			_, _ = w.Write(data.Bytes())
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// What a release of Deno or Bun runs from is in its own folder: once built, it
// starts without the registry, without caches and without the user's home; and
// so does the next one of the same lock file.
func TestDenoAndBun_RunFromTheReleaseAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files map[string]string
		lock  []string // makes the lock file
	}{
		{"deno", map[string]string{
			"deno.json": `{"imports": {"tiny": "npm:tiny@^1"}, "tasks": {"start": "deno run -A main.ts"}}`,
			"main.ts":   "import tiny from \"tiny\";\nconst other = await import(\"npm:tiny@1\");\nconsole.log(\"it is\", tiny, other.default);\n",
		}, []string{"deno", "install", "--entrypoint", "main.ts"}},
		{"deno with node_modules", map[string]string{
			"deno.json":    `{"tasks": {"start": "deno run -A main.ts"}}`,
			"package.json": `{"dependencies": {"tiny": "^1"}}`,
			"main.ts":      "import tiny from \"tiny\";\nconsole.log(\"it is\", tiny, tiny);\n",
		}, []string{"deno", "install"}},
		{"bun", map[string]string{
			"package.json": `{"scripts": {"start": "bun main.ts"}, "dependencies": {"tiny": "^1"}}`,
			"main.ts":      "import tiny from \"tiny\";\nconsole.log(\"it is\", tiny, tiny);\n",
		}, []string{"bun", "install"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			need(t, tt.lock[0])
			registry, dir := serveRegistry(t), t.TempDir()
			o := options(dir)
			o.BaseEnv = func() []string { return append(os.Environ(), "NPM_CONFIG_REGISTRY="+registry.URL) }
			h, err := host.New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			write(t, dir, tt.files)
			lock := exec.Command(tt.lock[0], tt.lock[1:]...)
			lock.Dir = filepath.Join(dir, "app")
			lock.Env = append(os.Environ(), "NPM_CONFIG_REGISTRY="+registry.URL, "DENO_DIR="+t.TempDir(), "BUN_INSTALL_CACHE_DIR="+t.TempDir())
			if out, err := lock.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if err := os.RemoveAll(filepath.Join(dir, "app", "node_modules")); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"first", "again, from the cache"} {
				release := filepath.Join(t.TempDir(), "src")
				if err := os.CopyFS(release, os.DirFS(filepath.Join(dir, "app"))); err != nil {
					t.Fatal(err)
				}
				result, _, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.App.SourceDir, r.App.AppDir = release, release })
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if len(result.Caches) != 1 || result.Caches[0].Hit != (name != "first") {
					t.Errorf("%s: got caches %+v", name, result.Caches)
				}
				registry.Close()
				run := exec.Command("sh", "-c", result.Plan.Web().Command())
				run.Dir = release
				run.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "HOST=127.0.0.1", "PORT=1"}
				for k, v := range result.Plan.Env {
					run.Env = append(run.Env, k+"="+v)
				}
				out, err := run.CombinedOutput()
				if err != nil || !slices.Contains(strings.Split(string(out), "\n"), "it is 42 42") {
					t.Errorf("%s: %v: %s", name, err, out)
				}
			}
		})
	}
}
