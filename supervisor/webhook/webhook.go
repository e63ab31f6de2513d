// Package webhook turns what hosts of repositories tell (GitHub, GitLab, Gitea
// and Forgejo, Bitbucket, or anything that knows a token) into deployments. It
// is the one door that strangers can reach: everything about a call is checked
// before its body is read, its signature before it is parsed, and nothing that
// it says is ever fetched: a deployment takes the repository from the slot's
// configuration.
//
// A Receiver answers calls (ServeHTTP), decides them (decide), and keeps a
// record of the accepted ones in the store. CatchUp ends with the context it is
// given; what tells GitHub of deployments, and what empties the slots of
// previews, ends with Close, which waits for it.
package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// Options are what a Receiver works with. All are needed.
type Options struct {
	Store  *store.Store
	Submit func(slot.Request) (slot.Deployment, error) // the engine's
	Empty  func(context.Context, slot.Name) error      // the engine's
	Follow func(ctx context.Context, id int64, send func(slot.Event) error) error
	Git    *git.Git

	GitHubAPI string        // "" for github.com's
	Token     func() string // for GitHub's API; "" tells GitHub nothing
	Log       *slog.Logger
}

// Receiver answers the calls of the webhook. Safe for concurrent use.
type Receiver struct {
	Options
	mux     *http.ServeMux
	bodies  *bodies
	refused refusals
	reports reports
	now     func() time.Time

	pulls    sync.Mutex         // one pull request is decided at a time: it changes which slots are free
	settling map[slot.Name]bool // guarded by pulls: the slots that one goroutine each empties

	ctx  context.Context // of what tells GitHub
	stop context.CancelFunc
}

// New returns a Receiver. It reads nothing.
func New(o Options) *Receiver {
	r := &Receiver{Options: o, mux: http.NewServeMux(), bodies: newBodies(), now: time.Now, settling: map[slot.Name]bool{}}
	r.reports.running = map[int64]bool{}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.mux.HandleFunc("/webhook", r.receive)
	r.mux.HandleFunc("/webhook/{slot}", r.receiveToken)
	return r
}

// ServeHTTP answers /webhook and /webhook/SLOT, and nothing else.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	limit(w, bodyTime) // also for what the server reads of a body that is refused
	r.mux.ServeHTTP(w, req)
}

// Close ends what goes on in the background. Calls may still come; they are
// answered as before.
func (r *Receiver) Close() {
	r.stop()
	r.reports.mu.Lock()
	r.reports.closed = true
	r.reports.mu.Unlock()
	r.reports.wg.Wait()
}

// Refusals sums up what was refused since the daemon started, the latest first.
func (r *Receiver) Refusals() []slot.Refusal { return r.refused.list() }
