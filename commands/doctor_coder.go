package commands

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// checkCoder looks at what a workspace in Coder needs so that people reach its
// apps; elsewhere it finds nothing.
func checkCoder(ctx context.Context, w *World, s settings.Settings) []finding {
	if !s.Place.Inside() {
		return nil
	}
	found := []finding{{Check: "coder", State: healthy, Text: "workspace " + s.Place.FullName()}}
	server, asked := w.askCoder(ctx)
	found = append(found, asked...)
	if !s.Place.Wildcard() {
		return append(found, newFinding("coder", warning, "apps have no host names of their own here: slots are reached on this machine alone",
			"ask Coder's administrator to set CODER_WILDCARD_ACCESS_URL"))
	}
	cfg := store.LastGoodConfig(store.Layout{Home: s.Home})
	var unknown []string
	var asks []func() finding
	for _, n := range slot.Names() {
		subdomain := cfg.Slots[n].Subdomain
		if subdomain == "" {
			unknown = append(unknown, string(n))
			continue
		}
		if f, bad := labelFinding(s.Place, n, subdomain); bad {
			found = append(found, f)
			continue
		}
		asks = append(asks, func() finding {
			return addressFinding("address-"+string(n), coder.Ask(ctx, s.Place.URL(subdomain)), s.Place.URL(subdomain), server.share(subdomain))
		})
	}
	if len(unknown) > 0 {
		found = append(found, newFinding("coder", warning, "the subdomain is not known of slot "+strings.Join(unknown, ", ")+": they have their ports' addresses, for you alone",
			"a template whose startup script sets "+coder.SubdomainName("a")+" and so on for slot up"))
	}
	for _, d := range doors(s) {
		if d.port != 0 && d.name != "pgadmin" {
			asks = append(asks, func() finding { return doorFinding(d.name, s.Place.URL(d.name), coder.Ask(ctx, s.Place.URL(d.name))) })
		}
	}
	return append(found, together(asks)...)
}

// together runs the checks at once and keeps their order.
func together(asks []func() finding) []finding {
	found := make([]finding, len(asks))
	var wg sync.WaitGroup
	for i, ask := range asks {
		wg.Go(func() { found[i] = ask() })
	}
	wg.Wait()
	return found
}

// labelFinding is why no host name can have the subdomain, if there is a
// reason.
func labelFinding(p coder.Place, n slot.Name, subdomain string) (finding, bool) {
	label := p.Label(subdomain)
	if len(label) <= coder.MaxLabel {
		return finding{}, false
	}
	remedy := "a workspace with a shorter name"
	if room := p.Room(); room > 0 {
		remedy = fmt.Sprintf("slot subdomain %s NAME, of %d characters at most", n, room)
	}
	return newFinding("address-"+string(n), problem,
		fmt.Sprintf("%q is %d characters long; a part of a host name has %d at most", label, len(label), coder.MaxLabel), remedy), true
}

// addressFinding judges a slot's address as a visitor without a login sees it.
func addressFinding(check string, p coder.Probe, url, share string) finding {
	f := finding{Check: check, State: healthy, Text: fmt.Sprintf("%s %s", url, p)}
	switch p.State {
	case coder.ProbeOpen:
		f.Text += ", to everybody"
	case coder.ProbeLogin:
		f.Text += shareWords(share)
	case coder.ProbeWaiting:
		f.State, f.Remedy = warning, "slot up, if slot does not run; else a moment"
	default:
		f.State, f.Remedy = problem, probeRemedy(p.State)
	}
	return f
}

// shareWords says who may log in, where that is known.
func shareWords(share string) string {
	switch share {
	case "owner":
		return "; share is owner: yours alone"
	case "authenticated":
		return "; share is authenticated: everybody's with an account"
	case "organization":
		return "; share is organization: its members'"
	}
	return "; share public in the template opens it to everybody"
}

func probeRemedy(s coder.ProbeState) string {
	if s == coder.ProbeMissing {
		return "slot params, to see the subdomain that Coder has, then slot up to take it over"
	}
	return "ask Coder's administrator whether the wildcard host name leads to Coder, in DNS and in any proxy before it"
}

// doorFinding judges the admin, which must not be open, and the webhook, which
// must.
func doorFinding(name, url string, p coder.Probe) finding {
	f := addressFinding(name+"-address", p, url, "")
	switch {
	case p.State == coder.ProbeMissing:
		f.State, f.Remedy = warning, "a template with a coder_app whose slug is "+name
	case name == "admin" && p.State == coder.ProbeLogin:
		f.Text = url + " answers after a login to Coder"
	case name == "admin" && p.State == coder.ProbeOpen:
		f.State, f.Text = problem, url+" answers without a login to Coder"
		f.Remedy = `set share = "owner" for the admin's coder_app in the template`
	case name == "webhook" && p.State == coder.ProbeLogin:
		f.State, f.Text = warning, url+" wants a login to Coder, which hosts of repositories do not have"
		f.Remedy = `set share = "public" for the webhook's coder_app in the template; each delivery is signed`
	}
	return f
}
