package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

const (
	livePace = 500 * time.Millisecond // people do not read faster
	liveBeat = 20 * time.Second       // a comment, so that no proxy takes it for dead
)

// fragment is a part of a page that changes: the element with this id.
type fragment struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// live sends what changes on a page while it is looked at, as server-sent
// events. It makes the same parts from the same templates as the page did, and
// sends those that differ.
func (a *Admin) live(w http.ResponseWriter, r *http.Request, c caller) {
	parts, err := a.liveParts(r.URL.Query().Get("page"))
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	ctx, done, err := a.begin(r.Context(), c)
	if err != nil {
		a.fail(w, err, http.StatusTooManyRequests)
		return
	}
	defer done()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	rc := http.NewResponseController(w)
	sent := map[string]string{}
	tick := time.NewTicker(livePace)
	defer tick.Stop()
	for last := time.Now(); ; {
		said := false
		for _, f := range parts() {
			if sent[f.ID] == f.HTML {
				continue
			}
			sent[f.ID] = f.HTML
			data, err := json.Marshal(f)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "event: part\ndata: %s\n\n", data); err != nil {
				return
			}
			said = true
		}
		if !said && time.Since(last) > liveBeat {
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return
			}
			said = true
		}
		if said {
			last = time.Now()
			if rc.Flush() != nil {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// liveParts returns what makes the parts of a page.
func (a *Admin) liveParts(page string) (func() []fragment, error) {
	kind, arg, _ := strings.Cut(page, "/")
	switch kind {
	case "dashboard":
		return a.dashboardParts, nil
	case "slot":
		n, err := slot.ParseName(arg)
		return func() []fragment { return a.slotParts(n) }, err
	case "deployment":
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			return nil, badForm("no deployment " + strconv.Quote(arg))
		}
		return func() []fragment { return a.deploymentParts(id) }, nil
	case "tabs":
		return func() []fragment { return a.parts(part{"tabs", "tabs", a.tabs()}) }, nil
	}
	return nil, slot.E(slot.KindNotFound, "", errorf("no page %q", page))
}

// part names a template and what it shows.
type part struct {
	id, template string
	data         any
}

func (a *Admin) parts(all ...part) []fragment {
	var made []fragment
	for _, p := range all {
		html, err := region(p.template, p.data)
		if err != nil {
			a.Log.Error("cannot make a part of a page", "part", p.id, slot.KeyError, err)
			continue
		}
		made = append(made, fragment{p.id, html})
	}
	return made
}

func (a *Admin) dashboardParts() []fragment {
	v := a.slots()
	all := []part{{"tabs", "tabs", a.tabs()}, {"house", "house", v}}
	for _, c := range v.Slots {
		all = append(all, part{"slot-" + string(c.Slot), "card", c})
	}
	return a.parts(all...)
}
