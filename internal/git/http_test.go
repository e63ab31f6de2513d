package git

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// host is a git host as they are: git's own http-backend behind TLS and a
// login, with Git LFS.
type host struct {
	root    string   // of the repositories
	address string   // of root
	cert    string   // file
	objects sync.Map // name to content
}

const (
	hostUser  = "ada"
	hostToken = "hunter2"
)

func newHost(t *testing.T) *host {
	t.Helper()
	backend := strings.TrimSpace(runGit(t, "--exec-path")) + "/git-http-backend"
	h := &host{root: t.TempDir()}
	git := &cgi.Handler{
		Path: backend, InheritEnv: []string{"PATH"},
		Env: []string{"GIT_PROJECT_ROOT=" + h.root, "GIT_HTTP_EXPORT_ALL=1"},
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, token, ok := r.BasicAuth()
		switch {
		case !ok || user != hostUser || token != hostToken:
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case strings.HasPrefix(r.URL.Path, "/secret"):
			http.Error(w, "not for you", http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "/info/lfs/objects/batch"):
			h.batch(w, r)
		case strings.HasPrefix(r.URL.Path, "/lfs/"):
			content, _ := h.objects.Load(strings.TrimPrefix(r.URL.Path, "/lfs/"))
			fmt.Fprint(w, content)
		default:
			r.Header.Del("Authorization")
			git.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	h.address, h.cert = server.URL, filepath.Join(t.TempDir(), "cert.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	write(t, h.cert, string(block))
	return h
}

// batch answers where the objects are. Source: git-lfs, docs/api/batch.md.
func (h *host) batch(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Objects []struct {
			OID  string `json:"oid"`
			Size int64  `json:"size"`
		} `json:"objects"`
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var objects []map[string]any
	for _, o := range ask.Objects {
		answer := map[string]any{"oid": o.OID, "size": o.Size}
		if _, ok := h.objects.Load(o.OID); ok {
			answer["actions"] = map[string]any{"download": map[string]string{"href": h.address + "/lfs/" + o.OID}}
		} else {
			answer["error"] = map[string]any{"code": 404, "message": "Object does not exist"}
		}
		objects = append(objects, answer)
	}
	w.Header().Set("Content-Type", "application/vnd.git-lfs+json")
	_ = json.NewEncoder(w).Encode(map[string]any{"transfer": "basic", "objects": objects})
}

// add puts a bare copy of a repository on the host.
func (h *host) add(t *testing.T, name, origin string) {
	t.Helper()
	runGit(t, "clone", "-q", "--bare", origin, filepath.Join(h.root, name))
}

// git is a Git of somebody who logs in with that token, by GIT_ASKPASS as
// Coder does; "" for nobody.
func (h *host) git(t *testing.T, token string, more ...string) *Git {
	t.Helper()
	env := append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_SSL_CAINFO="+h.cert, "HOME="+t.TempDir())
	if token != "" {
		askpass := filepath.Join(t.TempDir(), "askpass")
		write(t, askpass, "#!/bin/sh\ncase $1 in Username*) echo "+hostUser+" ;; *) echo "+token+" ;; esac\n")
		if err := os.Chmod(askpass, 0o755); err != nil {
			t.Fatal(err)
		}
		env = append(env, "GIT_ASKPASS="+askpass)
	}
	return New(append(env, more...))
}

func runGit(t *testing.T, args ...string) string {
	t.Helper()
	out, err := New(os.Environ()).run(t.Context(), t.TempDir(), "", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHTTPS_LogsInAndFetches(t *testing.T) {
	h := newHost(t)
	origin, run := repository(t, map[string]string{"f": "1"})
	h.add(t, "you/app.git", origin)
	g, mirror := h.git(t, hostToken), filepath.Join(t.TempDir(), "m.git")
	c, err := g.Fetch(t.Context(), h.address+"/you/app.git", mirror, "main")
	if err != nil || c.Hash != run("rev-parse", "HEAD") {
		t.Fatalf("got %+v, %v", c, err)
	}
	dst := t.TempDir()
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err != nil || read(t, dst+"/f") != "1" {
		t.Errorf("export: %v", err)
	}
	// A token in the address works without a login, and is written nowhere.
	withToken := strings.Replace(h.address, "://", "://"+hostUser+":"+hostToken+"@", 1) + "/you/app.git"
	mirror = filepath.Join(t.TempDir(), "m.git")
	if _, err := h.git(t, "").Fetch(t.Context(), withToken, mirror, "main"); err != nil {
		t.Error(err)
	}
	for _, file := range []string{"config", "FETCH_HEAD"} {
		if b, err := os.ReadFile(mirror + "/" + file); err == nil && strings.Contains(string(b), hostToken) {
			t.Errorf("the token stands in %s", file)
		}
	}
}

func TestHTTPS_SaysWhatIsWrongWithALogin(t *testing.T) {
	h := newHost(t)
	origin, _ := repository(t, map[string]string{"f": "1"})
	h.add(t, "you/app.git", origin)
	for _, tt := range []struct {
		name, path, token, text string
		env                     []string
	}{
		{name: "the wrong token", path: "/you/app.git", token: "wrong", text: "the login was refused"},
		{name: "no token", path: "/you/app.git", text: "it needs a login, or does not exist"},
		{name: "a program that fails, as Coder's does without a provider", path: "/you/app.git", text: "it needs a login, or does not exist",
			env: []string{"GIT_ASKPASS=/bin/false"}},
		{name: "a repository for others", path: "/secret/app.git", token: hostToken, text: "no access to it"},
		{name: "a repository that is not there", path: "/you/none.git", token: hostToken, text: "no such repository"},
		{name: "a certificate of nobody", path: "/you/app.git", token: hostToken, text: "certificate", env: []string{"GIT_SSL_CAINFO=/dev/null"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.git(t, tt.token, tt.env...).Fetch(t.Context(), h.address+tt.path, filepath.Join(t.TempDir(), "m.git"), "")
			e := slot.AsError(err)
			if err == nil || !strings.Contains(e.Error(), tt.text) || e.Hint == "" {
				t.Fatalf("got %v, hint %q", err, e.Hint)
			}
			if strings.Contains(tt.text, "login") && (!strings.Contains(e.Hint, "coder external-auth") || !strings.Contains(e.Hint, "GIT_ASKPASS")) {
				t.Errorf("the hint is %q", e.Hint)
			}
		})
	}
}

func TestHTTPS_FetchesAPrivateSubmodule(t *testing.T) {
	h := newHost(t)
	lib, inLib := repository(t, map[string]string{"lib.js": "lib"})
	h.add(t, "you/lib.git", lib)
	origin, run := repository(t, map[string]string{".gitmodules": "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib.git\n"})
	run("update-index", "--add", "--cacheinfo", "160000,"+inLib("rev-parse", "HEAD")+",lib")
	run("commit", "-qm", "Lib")
	h.add(t, "you/app.git", origin)
	address := h.address + "/you/app.git"
	g, mirrors := h.git(t, hostToken), t.TempDir()
	c, err := g.Fetch(t.Context(), address, mirrors+"/app", "")
	if err != nil {
		t.Fatal(err)
	}
	all, err := g.Submodules(t.Context(), address, mirrors+"/app", c.Hash)
	if err != nil || len(all) != 1 || all[0].Address != h.address+"/you/lib.git" {
		t.Fatalf("got %v, %v", all, err)
	}
	if err := g.FetchSubmodule(t.Context(), all[0], mirrors+"/lib"); err != nil {
		t.Error(err)
	}
	err = h.git(t, "wrong").FetchSubmodule(t.Context(), all[0], mirrors+"/other")
	e := slot.AsError(err)
	if err == nil || !strings.Contains(e.Error(), `the submodule "lib"`) || !strings.Contains(e.Error(), "you/lib.git: the login was refused") || e.Hint == "" {
		t.Errorf("got %v, hint %q", err, e.Hint)
	}
}

func TestHTTPS_FetchesFromGitLFSWithTheSameLogin(t *testing.T) {
	h := newHost(t)
	origin, hash, _ := large(t, map[string]string{"a.bin": "content"})
	h.add(t, "you/app.git", origin)
	address, mirror, dst := h.address+"/you/app.git", filepath.Join(t.TempDir(), "m.git"), t.TempDir()
	g := h.git(t, hostToken)
	if _, err := g.Fetch(t.Context(), address, mirror, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, hash, dst, ""); err != nil {
		t.Fatal(err)
	}
	pointers, err := Pointers(dst, "")
	if err != nil {
		t.Fatal(err)
	}
	err = g.ExportLFS(t.Context(), address, mirror, hash, dst, "", pointers)
	if err == nil || !strings.Contains(err.Error(), `"a.bin"`) {
		t.Errorf("what the host does not have: %v", err)
	}
	wrong := h.git(t, "wrong")
	wrong.lfsSilence = 2 * time.Second
	err = wrong.ExportLFS(t.Context(), address, mirror, hash, dst, "", pointers)
	if e := slot.AsError(err); err == nil || !strings.Contains(e.Hint, "GIT_ASKPASS") {
		t.Errorf("a wrong login: %v, hint %q", err, e.Hint)
	}
	sum := sha256.Sum256([]byte("content"))
	h.objects.Store(hex.EncodeToString(sum[:]), "content")
	if err := g.ExportLFS(t.Context(), address, mirror, hash, dst, "", pointers); err != nil || read(t, dst+"/a.bin") != "content" {
		t.Errorf("got %v", err)
	}
}
