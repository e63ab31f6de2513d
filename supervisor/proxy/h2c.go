package proxy

import (
	"context"
	"net"
	"net/http"
)

// h2c sends requests to a process that speaks HTTP/2 without TLS. One
// connection carries many, so that it needs no pool; the backend dials it,
// waits for a process that restarts, and closes it at the end.
type h2c struct{ transport *http.Transport }

func newH2C(b *backend) *h2c {
	t := &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return b.dial(ctx) },
		DisableCompression: true, // else it asks for gzip and unpacks
		Protocols:          new(http.Protocols),
	}
	t.Protocols.SetUnencryptedHTTP2(true)
	return &h2c{t}
}

// RoundTrip implements http.RoundTripper.
func (h *h2c) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := h.transport.RoundTrip(r)
	if err == nil {
		dropOwnSetCookies(res.Header)
	}
	return res, err
}
