package proxy

import (
	"net/http"
	"strings"
)

// format is a form in which slot itself answers.
type format int

const (
	formatText format = iota
	formatHTML
	formatJSON
)

// preferred returns HTML for whoever names it (every browser that loads a
// page), JSON for whoever names that, and text for the rest (curl, scripts,
// images). Weights are not read: no client that names text/html wants another
// form of an error.
func preferred(r *http.Request) format {
	accept := strings.ToLower(strings.Join(r.Header["Accept"], ","))
	switch {
	case strings.Contains(accept, "text/html"):
		return formatHTML
	case strings.Contains(accept, "application/json"):
		return formatJSON
	}
	return formatText
}
