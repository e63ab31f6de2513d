package proxy

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slot-paas/slot/slot"
)

// statusClientGone is nginx's number for a client that went away before the
// answer; nobody receives it.
const statusClientGone = 499

// defaultWait covers the start of a small app that was restarted.
const defaultWait = 5 * time.Second

// ProcessOptions says how to reach a process that may be restarting. The zero
// value is usable.
type ProcessOptions struct {
	Info  Info
	HTTP2 bool          // the process speaks HTTP/2 without TLS, and nothing else
	Log   *slog.Logger  // slog.Default() when nil
	Wait  time.Duration // for a process that refuses connections; 5 s, below 0 for no waiting
	Alive func() bool   // false when waiting is pointless; must not block; nil means alive
}

// NewProcessTarget returns a target that passes requests to 127.0.0.1:port.
// It opens connections as requests come.
func NewProcessTarget(release int, port int, o ProcessOptions) *Target {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	if o.Alive == nil {
		o.Alive = func() bool { return true }
	}
	p := &process{
		info: o.Info,
		log:  o.Log.With(slot.KeySlot, o.Info.Slot, slot.KeyRelease, release),
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	b := newBackend(address, o.Wait, o.Alive)
	var transport http.RoundTripper = b
	if o.HTTP2 {
		transport = newH2C(b)
	}
	handler := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { rewrite(r, address) },
		Transport:    transport,
		BufferPool:   &buffers,
		ErrorHandler: p.fail,
		ErrorLog:     slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	t := newTarget(release, kindProcess, transparent(handler), b.close)
	if !o.HTTP2 {
		t.backend, t.fail = b, p.fail
	}
	return t
}

// transparent makes the server leave to the app what is the app's: when to
// read the body. By default the server swallows up to 256 KiB of it when the
// answer begins, and an app that answers while it reads would miss them.
// CONNECT is refused; it would ask the app to be a proxy itself.
func transparent(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			http.Error(w, "405 CONNECT is not possible here", http.StatusMethodNotAllowed)
			return
		}
		if r.ContentLength != 0 {
			// An error says that there is no HTTP/1 connection below, which alone needs it.
			http.NewResponseController(w).EnableFullDuplex()
		}
		next.ServeHTTP(w, r)
	})
}

// process answers for an app that did not.
type process struct {
	info   Info
	log    *slog.Logger
	logged atomic.Int64 // when an error was last logged, Unix seconds
}

func (p *process) fail(w http.ResponseWriter, r *http.Request, err error) {
	if a, ok := w.(*answer); ok && a.body.err() != nil {
		err = a.body.err()
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			http.Error(w, "413 the request is too large", http.StatusRequestEntityTooLarge)
			return
		}
		p.clientGone(w, err)
		return
	}
	if r.Context().Err() != nil {
		p.clientGone(w, err)
		return
	}
	if now := time.Now().Unix(); p.logged.Swap(now) != now {
		p.log.Warn("app did not answer", slot.KeyError, err)
	}
	var netErr net.Error
	switch {
	case errors.Is(err, errDead):
		p.info.write(w, r, PageCrashed, http.StatusServiceUnavailable)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		p.info.write(w, r, PageUnreachable, http.StatusGatewayTimeout)
	default:
		p.info.write(w, r, PageUnreachable, http.StatusBadGateway)
	}
}

func (p *process) clientGone(w http.ResponseWriter, err error) {
	p.log.Debug("client went away", slot.KeyError, err)
	w.WriteHeader(statusClientGone)
}

// bufferSize is twice that of io.Copy: large answers go a sixteenth faster, and a
// thousand slow ones hold 64 MiB. Without the pool a third of the throughput at
// 128 connections goes into garbage.
const bufferSize = 64 << 10

type bufferPool struct{ pool sync.Pool }

var buffers bufferPool

func (p *bufferPool) Get() []byte {
	if b, ok := p.pool.Get().(*[bufferSize]byte); ok {
		return b[:]
	}
	return make([]byte, bufferSize)
}

func (p *bufferPool) Put(b []byte) { p.pool.Put((*[bufferSize]byte)(b)) }
