package proxy

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// NewStaticTarget returns a target that serves the folder site.Root below the
// app's folder root. It holds the folder open until it is drained and follows
// no link that leads out of it. The error says which folder is missing.
func NewStaticTarget(release int, root string, site slot.StaticSite, info Info) (*Target, error) {
	app, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("cannot open the app's folder: %w", err)
	}
	defer app.Close()
	folder, err := app.OpenRoot(path.Join(".", site.Root))
	if err != nil {
		return nil, fmt.Errorf("cannot open the static folder %q: %w", site.Root, err)
	}
	s := &static{root: folder, release: release, spa: site.SPA, notFound: site.NotFound, info: info}
	if s.notFound == "" {
		s.notFound = "404.html"
	}
	return newTarget(release, kindStatic, s, func() { folder.Close() }), nil
}

// static answers from one folder.
type static struct {
	root     *os.Root
	release  int
	spa      bool
	notFound string
	info     Info
}

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{static: s, w: w, r: r}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "405 this site can only be read", http.StatusMethodNotAllowed)
		return
	}
	name, ok := siteName(r.URL.Path)
	switch {
	case !ok:
		v.missing()
	case strings.HasSuffix(r.URL.Path, "/"):
		v.folder(name)
	default:
		v.page(name)
	}
}

// visit is one request. Trouble is why a file that may exist could not be
// opened.
type visit struct {
	*static
	w       http.ResponseWriter
	r       *http.Request
	trouble error
}

func (v *visit) page(name string) {
	for _, candidate := range []string{name, name + ".html"} {
		if f := v.open(candidate); f != nil {
			defer f.Close()
			v.send(f)
			return
		}
	}
	if v.exists(path.Join(name, "index.html")) {
		v.redirect("./" + path.Base(name) + "/")
		return
	}
	v.fallback(name)
}

func (v *visit) folder(name string) {
	if f := v.open(path.Join(name, "index.html")); f != nil {
		defer f.Close()
		v.send(f)
		return
	}
	if name != "" && v.exists(name+".html") {
		v.redirect("../" + path.Base(name))
		return
	}
	v.fallback(name)
}

// fallback answers for a name without a file. Only what looks like a page and
// is asked for as a page gets the index: a script that a deployment removed
// must not be answered with HTML.
func (v *visit) fallback(name string) {
	if v.spa && v.trouble == nil && path.Ext(name) == "" && preferred(v.r) == formatHTML {
		if f := v.open("index.html"); f != nil {
			defer f.Close()
			v.w.Header().Add("Vary", "Accept")
			v.send(f)
			return
		}
	}
	v.missing()
}

func (v *visit) missing() {
	if v.trouble != nil {
		v.info.write(v.w, v.r, PageUnreachable, http.StatusServiceUnavailable)
		return
	}
	if preferred(v.r) == formatHTML {
		if f := v.open(v.notFound); f != nil {
			defer f.Close()
			h := v.w.Header()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Length", strconv.FormatInt(f.info.Size(), 10))
			h.Set("Cache-Control", "no-cache")
			h.Set("Vary", "Accept")
			v.w.WriteHeader(http.StatusNotFound)
			if v.r.Method != http.MethodHead {
				io.CopyN(v.w, f.File, f.info.Size())
			}
			return
		}
	}
	v.info.write(v.w, v.r, PageNotFound, http.StatusNotFound)
}

// siteName returns the name of what a decoded path asks for, relative to the
// site, "" for the site itself. Hidden files do not exist, except those below
// .well-known (RFC 8615).
func siteName(p string) (name string, ok bool) {
	if !strings.HasPrefix(p, "/") || strings.ContainsAny(p, "\x00\\") {
		return "", false
	}
	var segments []string
	for segment := range strings.SplitSeq(p, "/") {
		switch {
		case segment == "":
			continue
		case segment == ".well-known" && len(segments) == 0:
		case segment[0] == '.':
			return "", false
		}
		segments = append(segments, segment)
	}
	return strings.Join(segments, "/"), true
}

// redirect sends the client to a relative address, which holds under any
// prefix that a proxy took away and cannot name another host. It is checked
// again at each use: the next release may have another layout.
func (v *visit) redirect(to string) {
	u := url.URL{Path: to, RawQuery: v.r.URL.RawQuery}
	v.w.Header().Set("Cache-Control", "no-cache")
	v.w.Header().Set("Location", u.String())
	v.w.WriteHeader(http.StatusMovedPermanently)
}
