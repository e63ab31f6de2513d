package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Page is what a built-in page says.
type Page string

// The pages. They tell a visitor what is the matter and nothing private, and
// the owner which command to run.
const (
	PageEmpty       Page = "empty"       // nothing was ever deployed; 200, tells how to
	PageDeploying   Page = "deploying"   // the first release is being built; 503
	PageStarting    Page = "starting"    // the app was held for too long; 503
	PageStopped     Page = "stopped"     // by its owner; 503
	PageCrashed     Page = "crashed"     // its process ends again and again; 503
	PageFailed      Page = "failed"      // no release could be brought up; 503
	PageUnreachable Page = "unreachable" // the process did not answer; 502
	PageNotFound    Page = "not_found"   // a static site without a page of its own; 404
)

// Info is what the pages may tell anyone about a slot.
type Info struct {
	Slot slot.Name
	Port int // public; 0 when unknown
}

// words are the texts of a page. %s is the slot.
type words struct {
	status     int
	retryAfter int // seconds; 0 for none
	reload     bool
	title      string
	lead       string
	owner      string // what the commands are for
	commands   []string
}

var pages = map[Page]words{
	PageEmpty: {
		status: http.StatusOK,
		title:  "This slot is free",
		lead:   "Nothing has been deployed here yet. One command puts an app at this address.",
	},
	PageDeploying: {
		status: http.StatusServiceUnavailable, retryAfter: 2, reload: true,
		title:    "On its way",
		lead:     "The first release of this app is being made. This page reloads by itself until it is there.",
		owner:    "Follow the deployment:",
		commands: []string{"slot logs %s -f"},
	},
	PageStarting: {
		status: http.StatusServiceUnavailable, retryAfter: 2, reload: true,
		title:    "Just a moment",
		lead:     "This app is starting. The page reloads by itself until it is there.",
		owner:    "If it stays like this, read what the app says:",
		commands: []string{"slot logs %s"},
	},
	PageStopped: {
		status: http.StatusServiceUnavailable, retryAfter: 60,
		title:    "Stopped",
		lead:     "The owner of this app has stopped it for now.",
		owner:    "Start it again:",
		commands: []string{"slot start %s"},
	},
	PageCrashed: {
		status: http.StatusServiceUnavailable, retryAfter: 10,
		title:    "Not working right now",
		lead:     "This app keeps ending by itself and is being tried again. It is nothing you did.",
		owner:    "See why it ended, and which releases you can go back to:",
		commands: []string{"slot logs %s", "slot releases %s"},
	},
	PageFailed: {
		status: http.StatusServiceUnavailable, retryAfter: 60,
		title:    "Not working right now",
		lead:     "This app could not be brought up. It is nothing you did.",
		owner:    "See what went wrong, and which releases you have:",
		commands: []string{"slot logs %s", "slot releases %s"},
	},
	PageUnreachable: {
		status: http.StatusBadGateway, retryAfter: 2,
		title:    "No answer",
		lead:     "This app did not answer. It may be starting or busy; try again in a moment.",
		owner:    "Read what the app says, and which releases you can go back to:",
		commands: []string{"slot logs %s", "slot releases %s"},
	},
	PageNotFound: {
		status: http.StatusNotFound,
		title:  "Page not found",
		lead:   "There is nothing at this address. It may have moved, or the link may be wrong.",
	},
}

// NewPageTarget returns a target that answers every request with a page. An
// unknown page is that of a failed slot.
func NewPageTarget(page Page, info Info) *Target {
	if _, ok := pages[page]; !ok {
		page = PageFailed
	}
	status := pages[page].status
	return newTarget(0, kindPage, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info.write(w, r, page, status)
	}), func() {})
}

// write answers with a page in the form that the client prefers. A page never
// takes what was sent to it: other methods than GET and HEAD fail.
func (i Info) write(w http.ResponseWriter, r *http.Request, page Page, status int) {
	p := pages[page]
	if status == http.StatusOK && r.Method != http.MethodGet && r.Method != http.MethodHead {
		status = http.StatusServiceUnavailable
	}
	h := w.Header()
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	var body []byte
	switch preferred(r) {
	case formatHTML:
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", contentSecurityPolicy())
		h.Set("Referrer-Policy", "no-referrer")
		body = i.html(r, page, status)
	case formatJSON:
		h.Set("Content-Type", "application/json")
		body = i.json(page, status)
	default:
		h.Set("Content-Type", "text/plain; charset=utf-8")
		body = i.text(r, page)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // a client that is gone has no use for the error
	}
}

func (i Info) json(page Page, status int) []byte {
	body, _ := json.Marshal(struct { // strings and numbers always marshal
		Slot    slot.Name `json:"slot"`
		State   Page      `json:"state"`
		Status  int       `json:"status"`
		Message string    `json:"message"`
		Retry   int       `json:"retry_after,omitempty"`
	}{i.Slot, page, status, pages[page].lead, pages[page].retryAfter})
	return append(body, '\n')
}

func (i Info) text(r *http.Request, page Page) []byte {
	p := pages[page]
	var b strings.Builder
	fmt.Fprintf(&b, "%s (slot %s)\n%s\n", p.title, i.Slot, p.lead)
	if page == PageEmpty {
		fmt.Fprintf(&b, "\n%s\n\n", outerURL(r))
		for _, s := range i.steps() {
			fmt.Fprintf(&b, "  %s\n", s.Command)
		}
	}
	if p.owner != "" {
		fmt.Fprintf(&b, "\nIs this your app? %s\n", p.owner)
		for _, c := range i.commands(p) {
			fmt.Fprintf(&b, "  %s\n", c)
		}
	}
	return []byte(b.String())
}

func (i Info) commands(p words) []string {
	out := slices.Clone(p.commands)
	for n := range out {
		out[n] = fmt.Sprintf(out[n], i.Slot)
	}
	return out
}
