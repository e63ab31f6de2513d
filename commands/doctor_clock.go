package commands

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// What a wrong clock breaks: signed tokens and links hold for minutes,
// certificates and backups by the day.
const (
	skewTold    = 30 * time.Second
	skewTooMuch = 5 * time.Minute
)

// checkClock compares the clock with the first server that answers: Coder's,
// or the host of a slot's repository.
func checkClock(ctx context.Context, w *World, s settings.Settings) []finding {
	for _, server := range clocks(w, s) {
		if skew, ok := skewTo(ctx, server); ok {
			return []finding{clockFinding(server.Host, skew)}
		}
	}
	return nil
}

// clocks are the servers to ask.
func clocks(w *World, s settings.Settings) (servers []*url.URL) {
	addresses := []string{w.Getenv("CODER_AGENT_URL")}
	if a, err := coder.FindAccess(coder.Flags{}, w.Getenv); err == nil {
		addresses = append(addresses, a.Server)
	}
	cfg := store.LastGoodConfig(store.Layout{Home: s.Home})
	for _, n := range slot.Names() {
		addresses = append(addresses, cfg.Slots[n].Repository)
	}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
			servers = append(servers, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"})
		}
	}
	return servers
}

// skewTo is how far the clock of a server is ahead of this one. The second of
// its Date began at most a second before it was written.
func skewTo(ctx context.Context, server *url.URL) (skew time.Duration, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, server.String(), nil)
	if err != nil {
		return 0, false
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	begin := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, false
	}
	res.Body.Close()
	took := time.Since(begin)
	date, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil || res.Header.Get("Age") != "" { // a cache tells of another time
		return 0, false
	}
	return date.Add(500 * time.Millisecond).Sub(begin.Add(took / 2)), true
}

func clockFinding(host string, skew time.Duration) finding {
	f := newFinding("clock", healthy, "agrees with "+host, "")
	off := skew.Abs().Round(time.Second)
	if off < skewTold {
		return f
	}
	way := "behind"
	if skew < 0 {
		way = "ahead of"
	}
	f.State, f.Text = warning, fmt.Sprintf("this machine is %v %s %s", off, way, host)
	if off >= skewTooMuch {
		f.State = problem
		f.Text += ": logins, links and certificates may be refused"
	}
	f.Remedy = "timedatectl set-ntp true, as root; a container has the clock of its host"
	return f
}
