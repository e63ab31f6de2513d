package proxy

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/slot-paas/slot/slot"
)

const (
	// readHeaderTimeout ends connections that dribble a header.
	readHeaderTimeout = 10 * time.Second
	// idleTimeout is over the 10 minutes for which Coder keeps idle
	// connections to an agent: were it shorter, a POST on such a connection
	// could meet our close (coderd/workspaceapps/proxy.go, tailnet.go).
	idleTimeout = 11 * time.Minute
	// defaultMaxHold bounds how long a request waits for a target.
	defaultMaxHold = 30 * time.Second
)

// FrontOptions says whose face a Front is. Only Name is needed.
type FrontOptions struct {
	Name    slot.Name
	Port    int           // the slot's public port, shown on the empty page; 0 leaves it out
	Log     *slog.Logger  // slog.Default() when nil
	MaxHold time.Duration // the longest wait of one request while held; 30 s
	Grace   time.Duration // for requests in flight when Serve ends; 30 s
}

// Front is one slot's public face. All methods are safe for concurrent use.
type Front struct {
	info    Info
	log     *slog.Logger
	maxHold time.Duration
	grace   time.Duration
	target  atomic.Pointer[Target]
	held    atomic.Pointer[hold]
	traffic traffic

	farewell farewell
}

// NewFront returns a Front that leads to the page of an empty slot.
func NewFront(o FrontOptions) *Front {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.MaxHold == 0 {
		o.MaxHold = defaultMaxHold
	}
	if o.Grace == 0 {
		o.Grace = slot.DefaultDrain
	}
	f := &Front{
		info:    Info{Slot: o.Name, Port: o.Port},
		log:     o.Log.With(slot.KeySlot, o.Name),
		maxHold: o.MaxHold,
		grace:   o.Grace,
		traffic: traffic{since: time.Now()},

		farewell: farewell{empty: make(chan struct{}, 1)},
	}
	f.target.Store(NewPageTarget(PageEmpty, f.info))
	return f
}

// Serve answers on ln until ctx ends, then closes ln, lets requests in flight
// end within the grace time, cuts the rest and returns nil. It closes only
// this process's copy of an inherited socket. Upgraded connections belong to
// their target and live until that is drained. Several calls may run at once.
func (f *Front) Serve(ctx context.Context, ln net.Listener) error {
	return f.serve(ctx, newEntry(f, ln))
}

func (f *Front) serve(ctx context.Context, e *entry) error {
	server := &http.Server{
		Handler:           f,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(f.log.Handler(), slog.LevelWarn),
		ConnState:         f.changed,
		Protocols:         new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true) // gRPC's clients begin with it
	served := make(chan error, 1)
	go func() { served <- server.Serve(e) }()
	ended := make(chan error, 1)
	go func() { ended <- e.accept() }()
	select {
	case err := <-ended:
		cut := make(chan struct{})
		close(cut)
		e.part(cut)
		server.Close()
		<-served
		return fmt.Errorf("cannot serve slot %s on %s: %w", f.info.Slot, e.Addr(), err)
	case <-ctx.Done():
	}
	e.ln.Close() // the connections live on
	<-ended      // the last one is in
	f.part()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.grace)
	defer cancel()
	e.part(grace.Done())
	if server.Shutdown(grace) != nil {
		server.Close()
	}
	<-served
	return nil
}

// changed is the server's ConnState.
func (f *Front) changed(c net.Conn, s http.ConnState) {
	h, ok := c.(*handedOver)
	switch s {
	case http.StateActive, http.StateIdle:
		if ok {
			h.rests(s == http.StateIdle)
		}
	case http.StateClosed, http.StateHijacked:
		if !ok || !h.isBack() {
			f.farewell.left()
		}
	}
}

// Target returns what the slot leads to; never nil.
func (f *Front) Target() *Target { return f.target.Load() }

// Switch makes t the target of every request from now on and returns the one
// before, which the caller drains. t must not be nil, nor drained.
func (f *Front) Switch(t *Target) (old *Target) { return f.target.Swap(t) }

// ServeHTTP gives the request to the current target. A target that began to
// drain between the load and the acquire refuses; then the next one has it.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := f.traffic.take(w)
	defer a.end()
	f.farewell.tell(w.Header())
	var refused *Target
	for {
		if !f.await(r.Context()) {
			if r.Context().Err() != nil {
				a.status = statusClientGone
				return
			}
			f.info.write(a, r, PageStarting, http.StatusServiceUnavailable)
			return
		}
		t := f.target.Load()
		if t.acquire() {
			t.serve(a, r)
			return
		}
		if t == refused { // drained and never replaced
			f.info.write(a, r, PageStarting, http.StatusServiceUnavailable)
			return
		}
		refused = t
	}
}
