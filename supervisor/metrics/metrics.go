// Package metrics writes what slot knows of its slots in the text format of
// Prometheus. The control socket and the admin's /metrics show the same. It
// keeps nothing and starts nothing; figures come from the function that
// Handler is given.
package metrics

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// Snapshot is what one scrape tells.
type Snapshot struct {
	Version string
	Status  []slot.Status
	Traffic []slot.Traffic
}

// Handler returns the handler of /metrics. Who may ask is the caller's to
// decide: nothing in it is secret, but it is nobody else's business.
func Handler(now func() Snapshot) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		var p page
		p.write(now())
		w.Write(p.text) // a client that is gone has no use for the error
	})
}

func (p *page) write(s Snapshot) {
	p.family("slot_info", "gauge", "The version of slot; always 1.")
	p.sample("slot_info", labels{{"version", s.Version}}, 1)
	p.statuses(s.Status)
	p.traffic(s.Traffic)
}

func (p *page) statuses(all []slot.Status) {
	p.family("slot_state", "gauge", "1 for the state that the slot is in.")
	for _, st := range all {
		p.sample("slot_state", labels{{"slot", string(st.Slot)}, {"state", string(st.State)}}, 1)
	}
	for _, g := range []struct {
		name, kind, help string
		value            func(slot.Status) float64
	}{
		{"slot_up", "gauge", "1 while the slot serves its live release.", func(st slot.Status) float64 { return number(st.State == slot.StateLive) }},
		{"slot_release", "gauge", "Number of the live or kept release, 0 for none.", func(st slot.Status) float64 { return float64(st.Release) }},
		{"slot_restarts", "gauge", "Restarts by the restart policy since the release was started.", func(st slot.Status) float64 { return float64(st.Restarts) }},
		{"slot_memory_bytes", "gauge", "Resident memory of the app.", func(st slot.Status) float64 { return float64(st.MemoryKiB) * 1024 }},
		{"slot_deploying", "gauge", "1 while a deployment runs or waits.", func(st slot.Status) float64 { return number(st.Deploying != nil) }},
	} {
		p.family(g.name, g.kind, g.help)
		for _, st := range all {
			p.sample(g.name, labels{{"slot", string(st.Slot)}}, g.value(st))
		}
	}
}

func (p *page) traffic(all []slot.Traffic) {
	p.family("slot_requests_total", "counter", "Requests that ended, by the first digit of their status.")
	for _, t := range all {
		for _, c := range []struct {
			class string
			n     int64
		}{
			{"1xx", t.Status.Upgrade}, {"2xx", t.Status.Success}, {"3xx", t.Status.Redirect},
			{"4xx", t.Status.ClientError}, {"5xx", t.Status.ServerError},
		} {
			p.sample("slot_requests_total", labels{{"slot", string(t.Slot)}, {"status", c.class}}, float64(c.n))
		}
	}
	for _, g := range []struct {
		name, kind, help string
		value            func(slot.Traffic) int64
	}{
		{"slot_requests_in_flight", "gauge", "Requests being answered.", func(t slot.Traffic) int64 { return t.InFlight }},
		{"slot_connections_upgraded", "gauge", "WebSockets and the like that are open.", func(t slot.Traffic) int64 { return t.Upgraded }},
		{"slot_received_bytes_total", "counter", "Bytes of bodies from clients.", func(t slot.Traffic) int64 { return t.BytesIn }},
		{"slot_sent_bytes_total", "counter", "Bytes of bodies to clients.", func(t slot.Traffic) int64 { return t.BytesOut }},
	} {
		p.family(g.name, g.kind, g.help)
		for _, t := range all {
			p.sample(g.name, labels{{"slot", string(t.Slot)}}, float64(g.value(t)))
		}
	}
	p.family("slot_request_duration_seconds", "histogram", "How long requests took.")
	for _, t := range all {
		p.histogram("slot_request_duration_seconds", string(t.Slot), t.Latency)
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
