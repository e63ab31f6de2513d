package admin

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"sync"

	"github.com/slot-paas/slot/slot"
)

//go:embed templates
var templateFiles embed.FS

// templates are read at the first page.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(words).ParseFS(templateFiles, "templates/*.html"))
})

// frame is what is around every page, and the page's own data in D.
type frame struct {
	Title   string
	Here    string // which entry of the navigation is open: "", "a", "history", …
	Tabs    []tab
	Theme   string // "light", "dark", or "" for the system's
	Flash   *flash
	Version string
	Known   bool // who looks at it is logged in
	D       any
}

// tab is a slot in the navigation.
type tab struct {
	Name  slot.Name
	State string
	Title string
}

// page writes a page for somebody who is logged in.
func (a *Admin) page(w http.ResponseWriter, r *http.Request, c caller, name, title, here string, data any) {
	f := frame{Title: title, Here: here, Theme: theme(r), Version: a.Version, Known: true, D: data}
	if c.session != "" {
		f.Flash = a.flashes.take(c.session)
	}
	f.Tabs = a.tabs()
	a.write(w, http.StatusOK, name, f)
}

func (a *Admin) tabs() []tab {
	var all []tab
	for _, n := range slot.Names() {
		s := a.Engine.Status(n)
		all = append(all, tab{n, stateClass(s), stateWord(s)})
	}
	return all
}

// render writes a page that anybody may see.
func (a *Admin) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	a.write(w, status, name, frame{Title: "Log in", Theme: theme(r), Version: a.Version, D: data})
}

func (a *Admin) write(w http.ResponseWriter, status int, name string, f frame) {
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, name, f); err != nil {
		a.Log.Error("cannot make a page", "page", name, slot.KeyError, err)
		http.Error(w, "This page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser went away
}

// region makes one part of a page that changes while it is looked at.
func region(name string, data any) (string, error) {
	var b bytes.Buffer
	err := templates().ExecuteTemplate(&b, name, data)
	return b.String(), err
}

// failure is the body of every JSON answer that is not 2xx, as in the control
// API.
type failure struct {
	Error *slot.Error `json:"error"`
}

// fail answers with an error as JSON; status 0 goes by its kind.
func (a *Admin) fail(w http.ResponseWriter, err error, status int) {
	e := slot.AsError(err)
	if status == 0 {
		status = e.Kind.HTTPStatus()
	}
	a.send(w, status, failure{e})
}

func (a *Admin) answer(w http.ResponseWriter, v any) { a.send(w, http.StatusOK, v) }

func (a *Admin) send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client went away
}

// problem shows an error as a page, or as JSON where a script asks.
func (a *Admin) problem(w http.ResponseWriter, r *http.Request, c caller, err error) {
	e := slot.AsError(err)
	if !asksForPage(r) {
		a.fail(w, err, 0)
		return
	}
	f := frame{Title: "Not here", Theme: theme(r), Version: a.Version, Known: true, Tabs: a.tabs(),
		D: flash{Error: sentence(e.Error()), Hint: e.Hint}}
	a.write(w, e.Kind.HTTPStatus(), "problem.html", f)
}
