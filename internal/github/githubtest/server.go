// Package githubtest is a server that answers as GitHub documents its API and
// refuses what GitHub would refuse: tests cannot reach GitHub itself.
package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Token is the one that the server accepts.
const Token = "ghp_right"

// Server is a running one. Repositories below me/secret are not there for the
// token.
type Server struct {
	*httptest.Server

	mu       sync.Mutex
	hooks    []map[string]any
	comments []map[string]any
	statuses []map[string]any
	pulls    map[string]any
	repos    []map[string]any
}

// New starts a server; the caller closes it.
func New() *Server {
	f := &Server{pulls: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /repos/{owner}/{name}/hooks", func(w http.ResponseWriter, r *http.Request) { f.answer(w, 200, f.hooks) })
	mux.HandleFunc("POST /repos/{owner}/{name}/hooks", func(w http.ResponseWriter, r *http.Request) {
		h := f.read(w, r, "name", "active", "events", "config")
		if h == nil {
			return
		}
		h["id"] = len(f.hooks) + 1
		f.hooks = append(f.hooks, h)
		f.answer(w, 201, h)
	})
	mux.HandleFunc("PATCH /repos/{owner}/{name}/hooks/{id}", func(w http.ResponseWriter, r *http.Request) {
		if h := f.read(w, r, "active", "events", "config"); h != nil {
			f.replace(w, f.hooks, r.PathValue("id"), h)
		}
	})
	mux.HandleFunc("POST /repos/{owner}/{name}/statuses/{sha}", func(w http.ResponseWriter, r *http.Request) {
		s := f.read(w, r, "state", "target_url", "description", "context")
		if s == nil {
			return
		}
		if text, _ := s["description"].(string); len([]rune(text)) > 140 {
			f.answer(w, 422, map[string]any{"message": "Validation Failed", "errors": []any{map[string]any{"message": "description is too long"}}})
			return
		}
		s["sha"] = r.PathValue("sha")
		f.statuses = append(f.statuses, s)
		f.answer(w, 201, s)
	})
	mux.HandleFunc("GET /repos/{owner}/{name}/issues/{number}/comments", func(w http.ResponseWriter, r *http.Request) { f.answer(w, 200, f.comments) })
	mux.HandleFunc("POST /repos/{owner}/{name}/issues/{number}/comments", func(w http.ResponseWriter, r *http.Request) {
		c := f.read(w, r, "body")
		if c == nil {
			return
		}
		c["id"] = 100 + len(f.comments)
		f.comments = append(f.comments, c)
		f.answer(w, 201, c)
	})
	mux.HandleFunc("PATCH /repos/{owner}/{name}/issues/comments/{id}", func(w http.ResponseWriter, r *http.Request) {
		if c := f.read(w, r, "body"); c != nil {
			f.replace(w, f.comments, r.PathValue("id"), c)
		}
	})
	mux.HandleFunc("GET /user/repos", func(w http.ResponseWriter, r *http.Request) { f.answer(w, 200, f.repos) })
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		switch {
		case r.Header.Get("Authorization") != "Bearer "+Token:
			f.answer(w, 401, map[string]any{"message": "Bad credentials"})
		case r.Header.Get("Accept") != "application/vnd.github+json" || r.Header.Get("X-GitHub-Api-Version") != "2022-11-28" || r.UserAgent() == "":
			f.answer(w, 400, map[string]any{"message": "the headers are not as documented"})
		case strings.HasPrefix(r.URL.Path, "/repos/me/secret"):
			f.answer(w, 404, map[string]any{"message": "Not Found"})
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	return f
}

// read decodes a body that may have those fields only.
func (f *Server) read(w http.ResponseWriter, r *http.Request, fields ...string) map[string]any {
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Content-Type") != "application/json" {
		f.answer(w, 400, map[string]any{"message": "Problems parsing JSON"})
		return nil
	}
	for name := range in {
		if !bytes.Contains([]byte(" "+strings.Join(fields, " ")+" "), []byte(" "+name+" ")) {
			f.answer(w, 422, map[string]any{"message": "Invalid request. " + name + " is not a permitted key."})
			return nil
		}
	}
	return in
}

func (f *Server) replace(w http.ResponseWriter, all []map[string]any, id string, by map[string]any) {
	for _, old := range all {
		if fmt.Sprint(old["id"]) == id {
			for name, v := range by {
				old[name] = v
			}
			f.answer(w, 200, old)
			return
		}
	}
	f.answer(w, 404, map[string]any{"message": "Not Found"})
}

func (f *Server) answer(w http.ResponseWriter, status int, v any) {
	w.WriteHeader(status)
	if v == nil || fmt.Sprint(v) == "[]" {
		v = []any{}
	}
	_ = json.NewEncoder(w).Encode(v)
}

// Hooks returns what was made of hooks, as the API shows them.
func (f *Server) Hooks() []map[string]any { return f.list(&f.hooks) }

// Comments returns the comments of all pull requests.
func (f *Server) Comments() []map[string]any { return f.list(&f.comments) }

// Statuses returns the statuses of all commits, in the order in which they
// were set; "sha" is the commit.
func (f *Server) Statuses() []map[string]any { return f.list(&f.statuses) }

// AddComment makes a comment of somebody else.
func (f *Server) AddComment(body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.comments = append(f.comments, map[string]any{"id": 1, "body": body})
}

// AddRepository adds one of the user's, as "owner/name".
func (f *Server) AddRepository(name string, private bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.repos = append(f.repos, map[string]any{
		"full_name": name, "private": private, "archived": false, "clone_url": "https://github.com/" + name + ".git", "ssh_url": "git@github.com:" + name + ".git",
	})
}

func (f *Server) list(of *[]map[string]any) []map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	var copies []map[string]any
	for _, v := range *of {
		copies = append(copies, maps.Clone(v)) // the next call may change it
	}
	return copies
}
