package proxy

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/slot-paas/slot/slot"
)

//go:embed pages
var pageFiles embed.FS

// pageTemplate and pageStyle are read at the first page: most runs of the
// program show none.
var (
	pageTemplate = sync.OnceValue(func() *template.Template {
		return template.Must(template.ParseFS(pageFiles, "pages/*.html"))
	})
	pageStyle = sync.OnceValue(func() string {
		style, err := pageFiles.ReadFile("pages/style.css")
		if err != nil {
			panic(err) // it is embedded
		}
		return "\n" + string(style)
	})
	// contentSecurityPolicy allows the one style by its hash, the icon by its
	// scheme, and nothing else. Frames are allowed: editors preview in them,
	// and there is nothing to click.
	contentSecurityPolicy = sync.OnceValue(func() string {
		sum := sha256.Sum256([]byte(pageStyle()))
		return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src data:; base-uri 'none'; form-action 'none'"
	})
)

// view is what the template shows.
type view struct {
	Style    template.CSS
	Slot     slot.Name
	Slots    []slot.Name
	Code     int // status, 0 for 200
	Reload   int // seconds, 0 for none
	Title    string
	Lead     string
	Owner    string
	Commands []string

	Empty     bool
	URL       string
	Steps     []step
	Variables []variable
	Kinds     []variable
}

// step is a command with what it does.
type step struct{ Does, Command string }

// variable is a name with what it means.
type variable struct{ Name, Means string }

func (i Info) html(r *http.Request, page Page, status int) []byte {
	p := pages[page]
	v := view{
		Style:    template.CSS(pageStyle()),
		Slot:     i.Slot,
		Slots:    slot.Names(),
		Title:    p.title,
		Lead:     p.lead,
		Owner:    p.owner,
		Commands: i.commands(p),
	}
	if status != http.StatusOK {
		v.Code = status
	}
	if p.reload && r.Method == http.MethodGet {
		v.Reload = p.retryAfter
	}
	if page == PageEmpty {
		v.Empty = true
		v.URL = outerURL(r)
		v.Steps = i.steps()
		v.Variables = i.variables(v.URL)
		v.Kinds = kinds()
	}
	var b bytes.Buffer
	if err := pageTemplate().ExecuteTemplate(&b, "page.html", v); err != nil {
		panic(err) // the template and its data are both ours
	}
	return b.Bytes()
}

func (i Info) steps() []step {
	s := string(i.Slot)
	return []step{
		{"Deploy a repository", "slot deploy " + s + " https://github.com/you/your-app"},
		{"Watch it run", "slot logs " + s + " -f"},
		{"Give it a setting", "slot env set " + s + " KEY=value"},
	}
}

func (i Info) variables(url string) []variable {
	port := "The public port of this slot."
	if i.Port != 0 {
		port = "The public port of this slot: " + strconv.Itoa(i.Port) + "."
	}
	return []variable{
		{"PORT", "Listen here. A private port, new at each start."},
		{"HOST", "The address to listen on: 127.0.0.1."},
		{"SLOT_NAME", "This slot: " + string(i.Slot) + "."},
		{"SLOT_PORT", port},
		{"SLOT_URL", "Where people reach the app: " + strings.TrimSuffix(url, "/") + "."},
		{"SLOT_STORAGE", "A folder that stays when releases change. Keep uploads and SQLite files here."},
		{"BASE_PATH", "The app is at the top of its address: /."},
		{"NODE_ENV", "production for built frameworks, else development. Your own value wins."},
	}
}

func kinds() []variable {
	return []variable{
		{"Node", "A package.json. Frameworks that build to files are served as a static site."},
		{"Python", "A requirements.txt, pyproject.toml or Pipfile: Flask, Django, FastAPI, Streamlit, or a script."},
		{"Deno and Bun", "A deno.json with a start task, a start script that runs a file with bun, or a file that calls Deno.serve or Bun.serve."},
		{"Static site", "A folder with an index.html. No process needed."},
		{"Procfile", "Any program, named on its web: line. It listens on PORT."},
	}
}
