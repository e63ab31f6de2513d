package proxy_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// siteFiles is an app's folder; the site is dist.
var siteFiles = map[string]string{
	"secret.txt":                                  "secret",
	"dist/index.html":                             "<h1>home</h1>",
	"dist/index.html.br":                          "home as br",
	"dist/index.html.gz":                          "home as gz",
	"dist/404.html":                               "<h1>lost</h1>",
	"dist/about.html":                             "<h1>about</h1>",
	"dist/docs/index.html":                        "<h1>docs</h1>",
	"dist/docs/install.html":                      "<h1>install</h1>",
	"dist/empty/readme.txt":                       "no index here",
	"dist/app.js":                                 "let app",
	"dist/app.js.gz":                              "app as gz",
	"dist/assets/index-BfX3k2a9.js":               "let hashed",
	"dist/assets/index-BfX3k2a9.js.br":            "hashed as br",
	"dist/static/js/main.1a2b3c4d.chunk.js":       "let chunk",
	"dist/assets/hero-portrait.png":               "\x89PNG\r\n",
	"dist/logo.svg":                               "<svg/>",
	"dist/module.wasm":                            "\x00asm",
	"dist/LICENSE":                                "Permission is hereby granted",
	"dist/with space.txt":                         "spaced",
	"dist/a:b/index.html":                         "<h1>colon</h1>",
	"dist/.env":                                   "PASSWORD=1",
	"dist/.git/config":                            "[core]",
	"dist/docs/.hidden/x.txt":                     "hidden",
	"dist/.well-known/security.txt":               "Contact: me",
	"dist/.well-known/.htpasswd":                  "hidden",
	"dist/.well-known/apple-app-site-association": "{}",
	"dist/range.txt":                              "0123456789",
	"dist/range.txt.gz":                           "range as gz",
}

func writeSite(t testing.TB) string {
	t.Helper()
	app := t.TempDir()
	for name, content := range siteFiles {
		path := filepath.Join(app, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"dist/out.txt": "../secret.txt",
		"dist/abs.txt": filepath.Join(app, "secret.txt"),
		"dist/up":      "..",
		"dist/in.txt":  "docs/../empty/readme.txt",
	} {
		if err := os.Symlink(to, filepath.Join(app, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(app, "dist/pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	return app
}

func newStatic(t testing.TB, release int, root string, site slot.StaticSite) *proxy.Target {
	t.Helper()
	target, err := proxy.NewStaticTarget(release, root, site, info)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cut(target) })
	return target
}

func TestStatic_AnswersByTheRules(t *testing.T) {
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	const forever, fresh = "public, max-age=31536000, immutable", "no-cache"
	app := writeSite(t)
	plain, plainAt := newFront(t, proxy.FrontOptions{})
	plain.Switch(newStatic(t, 3, app, slot.StaticSite{Root: "dist"}))
	spa, spaAt := newFront(t, proxy.FrontOptions{})
	spa.Switch(newStatic(t, 3, app, slot.StaticSite{Root: "dist", SPA: true}))

	for _, row := range []struct {
		name    string
		request string // "METHOD path" or path; "spa " before it asks the single-page site
		accept  string
		header  []string
		status  int
		body    string // "" is not checked
		want    map[string]string
	}{
		{name: "index", request: "/", status: 200, body: "<h1>home</h1>", want: map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": fresh, "Vary": "Accept-Encoding", "Content-Encoding": "", "Last-Modified": ""}},
		{name: "query ignored", request: "/?utm=1", status: 200, body: "<h1>home</h1>"},
		{name: "br before gzip", request: "/", header: []string{"Accept-Encoding", "gzip, deflate, br"}, status: 200, body: "home as br", want: map[string]string{"Content-Encoding": "br", "Content-Type": "text/html; charset=utf-8", "Content-Length": "10"}},
		{name: "gzip", request: "/", header: []string{"Accept-Encoding", "gzip"}, status: 200, body: "home as gz", want: map[string]string{"Content-Encoding": "gzip"}},
		{name: "br refused by weight", request: "/", header: []string{"Accept-Encoding", "br;q=0, gzip;q=0.5"}, status: 200, body: "home as gz"},
		{name: "no sibling in that encoding", request: "/app.js", header: []string{"Accept-Encoding", "br"}, status: 200, body: "let app", want: map[string]string{"Content-Encoding": "", "Vary": "Accept-Encoding"}},
		{name: "head", request: "HEAD /app.js", status: 200, want: map[string]string{"Content-Length": "7", "Content-Type": "text/javascript; charset=utf-8"}},
		{name: "head encoded", request: "HEAD /app.js", header: []string{"Accept-Encoding", "gzip"}, status: 200, want: map[string]string{"Content-Length": "9", "Content-Encoding": "gzip"}},
		{name: "vite hash", request: "/assets/index-BfX3k2a9.js", status: 200, want: map[string]string{"Cache-Control": forever}},
		{name: "vite hash, encoded", request: "/assets/index-BfX3k2a9.js", header: []string{"Accept-Encoding", "br"}, status: 200, body: "hashed as br", want: map[string]string{"Cache-Control": forever}},
		{name: "webpack hash", request: "/static/js/main.1a2b3c4d.chunk.js", status: 200, want: map[string]string{"Cache-Control": forever}},
		{name: "word, not hash", request: "/assets/hero-portrait.png", status: 200, want: map[string]string{"Cache-Control": fresh, "Content-Type": "image/png"}},
		{name: "svg", request: "/logo.svg", status: 200, want: map[string]string{"Content-Type": "image/svg+xml"}},
		{name: "wasm", request: "/module.wasm", status: 200, want: map[string]string{"Content-Type": "application/wasm"}},
		{name: "type by content", request: "/LICENSE", status: 200, want: map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		{name: "escaped name", request: "/with%20space.txt", status: 200, body: "spaced"},
		{name: "double slash", request: "//docs//install.html", status: 200, body: "<h1>install</h1>"},
		{name: "clean url", request: "/about", status: 200, body: "<h1>about</h1>"},
		{name: "clean url with slash", request: "/about/?x=1", status: 301, want: map[string]string{"Location": "../about?x=1", "Cache-Control": fresh}},
		{name: "clean url in folder", request: "/docs/install", status: 200, body: "<h1>install</h1>"},
		{name: "folder", request: "/docs/", status: 200, body: "<h1>docs</h1>"},
		{name: "folder redirect", request: "/docs?a=b", status: 301, want: map[string]string{"Location": "./docs/?a=b", "Cache-Control": fresh}},
		{name: "folder redirect stays on the host", request: "//docs", status: 301, want: map[string]string{"Location": "./docs/"}},
		{name: "folder redirect with colon", request: "/a:b", status: 301, want: map[string]string{"Location": "./a:b/"}},
		{name: "no listing", request: "/empty/", status: 404},
		{name: "folder without index", request: "/empty", status: 404},
		{name: "file as folder", request: "/app.js/", status: 404},
		{name: "link inside", request: "/in.txt", status: 200, body: "no index here"},
		{name: "link outside", request: "/out.txt", status: 404},
		{name: "absolute link", request: "/abs.txt", status: 404},
		{name: "folder link outside", request: "/up/secret.txt", status: 404},
		{name: "named pipe", request: "/pipe", status: 404},
		{name: "env file", request: "/.env", status: 404},
		{name: "git folder", request: "/.git/config", status: 404},
		{name: "hidden folder below", request: "/docs/.hidden/x.txt", status: 404},
		{name: "well known", request: "/.well-known/security.txt", status: 200, body: "Contact: me"},
		{name: "well known without extension", request: "/.well-known/apple-app-site-association", status: 200, want: map[string]string{"Content-Type": "application/json"}},
		{name: "hidden in well known", request: "/.well-known/.htpasswd", status: 404},
		{name: "dot dot", request: "/../secret.txt", status: 404},
		{name: "dot dot escaped", request: "/%2e%2e/secret.txt", status: 404},
		{name: "dot dot, escaped slash", request: "/docs%2f..%2f..%2fsecret.txt", status: 404},
		{name: "backslash", request: `/..%5csecret.txt`, status: 404},
		{name: "nul", request: "/app.js%00.png", status: 404},
		{name: "name too long", request: "/" + strings.Repeat("x", 5000), status: 404},
		{name: "404 page for browsers", request: "/nowhere", accept: browser, status: 404, body: "<h1>lost</h1>", want: map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": fresh, "Vary": "Accept"}},
		{name: "404 text for others", request: "/nowhere.js", accept: "*/*", status: 404, want: map[string]string{"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}},
		{name: "range", request: "/range.txt", header: []string{"Range", "bytes=2-4"}, status: 206, body: "234", want: map[string]string{"Content-Range": "bytes 2-4/10"}},
		{name: "range is of the plain file", request: "/range.txt", header: []string{"Range", "bytes=-2", "Accept-Encoding", "gzip"}, status: 206, body: "89", want: map[string]string{"Content-Encoding": "", "Vary": "Accept-Encoding"}},
		{name: "range outside", request: "/range.txt", header: []string{"Range", "bytes=20-"}, status: 416},
		{name: "range of an old release", request: "/range.txt", header: []string{"Range", "bytes=2-4", "If-Range", `"old"`}, status: 200, body: "0123456789"},
		{name: "post", request: "POST /", status: 405, want: map[string]string{"Allow": "GET, HEAD"}},
		{name: "delete", request: "DELETE /app.js", status: 405},
		{name: "options", request: "OPTIONS /app.js", status: 405, want: map[string]string{"Allow": "GET, HEAD"}},
		{name: "failed precondition", request: "/app.js", header: []string{"If-Match", `"other"`, "Accept-Encoding", "gzip"}, status: 412},
		{name: "spa page", request: "spa /users/42", accept: browser, status: 200, body: "<h1>home</h1>", want: map[string]string{"Cache-Control": fresh}},
		{name: "spa page, encoded", request: "spa /users/42", accept: browser, header: []string{"Accept-Encoding", "br"}, status: 200, body: "home as br"},
		{name: "spa folder", request: "spa /users/", accept: browser, status: 200, body: "<h1>home</h1>"},
		{name: "spa file wins", request: "spa /about", accept: browser, status: 200, body: "<h1>about</h1>"},
		{name: "spa missing script", request: "spa /assets/index-00000000.js", accept: browser, status: 404},
		{name: "spa call of an api", request: "spa /api/users", accept: "application/json", status: 404, want: map[string]string{"Content-Type": "application/json"}},
		{name: "spa hidden file", request: "spa /.env", accept: browser, status: 404},
	} {
		t.Run(row.name, func(t *testing.T) {
			request, single := strings.CutPrefix(row.request, "spa ")
			method, path, ok := strings.Cut(request, " ")
			if !ok {
				method, path = "GET", request
			}
			address := plainAt
			if single {
				address = spaAt
			}
			header := row.header
			if row.accept != "" {
				header = append([]string{"Accept", row.accept}, header...)
			}
			res, body := do(t, method, address, path, nil, header...)
			if res.StatusCode != row.status {
				t.Errorf("status %d, want %d: %q", res.StatusCode, row.status, body)
			}
			if row.body != "" && body != row.body {
				t.Errorf("body %q, want %q", body, row.body)
			}
			if strings.Contains(body, "secret") || strings.Contains(body, "PASSWORD") {
				t.Errorf("the body leaks: %q", body)
			}
			for name, want := range row.want {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestStatic_TagsDifferByReleaseAndEncoding(t *testing.T) {
	app := writeSite(t)
	f, address := newFront(t, proxy.FrontOptions{})
	tags := map[string]string{}
	for _, release := range []int{1, 2} {
		f.Switch(newStatic(t, release, app, slot.StaticSite{Root: "dist"}))
		for _, encoding := range []string{"", "br", "gzip"} {
			res, _ := get(t, address, "/", "Accept-Encoding", encoding)
			tag := res.Header.Get("Etag")
			if tag == "" || strings.HasPrefix(tag, "W/") {
				t.Errorf("Etag %q is not strong", tag)
			}
			if was, seen := tags[tag]; seen {
				t.Errorf("%s is also the tag of %s", tag, was)
			}
			tags[tag] = encoding
			if res, body := get(t, address, "/", "Accept-Encoding", encoding, "If-None-Match", tag); res.StatusCode != 304 || body != "" {
				t.Errorf("%q revalidated: %d %q", encoding, res.StatusCode, body)
			}
		}
	}
}

func TestStatic_HasA404PageWithoutOneOfItsOwn(t *testing.T) {
	app := t.TempDir()
	if err := os.WriteFile(filepath.Join(app, "gone.html"), []byte("gone"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newStatic(t, 1, app, slot.StaticSite{}))
	if res, body := get(t, address, "/x", "Accept", "text/html"); res.StatusCode != 404 || !strings.Contains(body, "Page not found") {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	f.Switch(newStatic(t, 2, app, slot.StaticSite{NotFound: "gone.html"}))
	if res, body := get(t, address, "/x", "Accept", "text/html"); res.StatusCode != 404 || body != "gone" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
}

func TestNewStaticTarget_RefusesFoldersOutside(t *testing.T) {
	app := writeSite(t)
	if err := os.Symlink(t.TempDir(), filepath.Join(app, "away")); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{"..", "away", "missing", "secret.txt"} {
		if _, err := proxy.NewStaticTarget(1, app, slot.StaticSite{Root: root}, info); err == nil {
			t.Errorf("%q was opened", root)
		}
	}
}

// FuzzStaticPath asks for any path of a site whose app folder holds a secret.
func FuzzStaticPath(f *testing.F) {
	for _, seed := range []string{"/", "/docs", "/docs/", "/../secret.txt", "/up/secret.txt", "/out.txt", "//x//..//", "/.env",
		"/.well-known/../.env", "/a:b", "/%", "/\x00", "/..\\secret.txt", "/pipe", "/about/", "//evil.example", "/./.", "*", ""} {
		f.Add(seed)
	}
	app := writeSite(f)
	front := proxy.NewFront(proxy.FrontOptions{Name: "a", Log: quiet()})
	front.Switch(newStatic(f, 1, app, slot.StaticSite{Root: "dist", SPA: true}))
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		w := httptest.NewRecorder()
		front.ServeHTTP(w, r)
		body := w.Body.String()
		for _, leak := range []string{"secret", "PASSWORD", "[core]", "hidden"} {
			if strings.Contains(body, leak) {
				t.Fatalf("%q leaks %q", path, body)
			}
		}
		if w.Code >= 500 {
			t.Fatalf("%q: %d", path, w.Code)
		}
		if to := w.Header().Get("Location"); w.Code == 301 && !strings.HasPrefix(to, "./") && !strings.HasPrefix(to, "../") {
			t.Fatalf("%q leads to %q", path, to)
		}
	})
}
