package deploy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// The check's fixed numbers. Two answers, apart by the interval, show more
// than one of a process that is about to fall over (facts of the field: kamal
// takes the first, and its users meet that).
const (
	answersWanted = 2
	tryTimeout    = 5 * time.Second
	firstPause    = 2 * time.Millisecond   // grows by an eighth of the wait, to the interval, while no answer is good
	refusedPause  = 500 * time.Microsecond // the same by a sixteenth, while nothing listens
	listenAfter   = time.Second            // then look whether it listens elsewhere
)

// check waits until the new release answers as it should.
func (r *run) check(ctx context.Context) (string, error) {
	if r.next.web == nil {
		return r.checkSite(ctx)
	}
	p, err := r.firstAnswer(ctx)
	if err == nil && p.moved {
		r.job.diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "app.not_on_port",
			Summary: fmt.Sprintf("the app listens on %d and ignores PORT (%d); its traffic goes there", p.port, r.next.web.port),
			Hint:    fmt.Sprintf("make it listen on the port in the variable PORT, or say that it has one: slot config set %s.app_port=%d", r.lane.name, p.port),
		})
	}
	switch {
	case err != nil && p.late && p.patient:
		r.job.diagnose(slot.Diagnostic{Severity: slot.SeverityWarning, Code: "boot.no_answer",
			Summary: fmt.Sprintf("release %d runs, but does not answer yet: %v", r.release.ID, err),
			Hint:    "slot logs " + string(r.lane.name)})
		r.lead(p.port)
		return "no answer yet", nil
	case err != nil && ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", r.explain(err)
	}
	r.warnOfDevServer()
	r.lead(p.port)
	return p.told(), nil
}

// firstAnswer probes the new release. One that finds its port taken gets another
// try: without the old release where that has the port, on another port where
// somebody took the private one in the instant before the app did.
func (r *run) firstAnswer(ctx context.Context) (*probe, error) {
	for stolen := 0; ; {
		p, err := r.probe(ctx)
		if err == nil || ctx.Err() != nil {
			return p, err
		}
		port, clash := taken(r.next.web.out.Tail(tailLines))
		switch {
		case clash && r.oldHas(port):
			err = r.again(ctx, port)
		case clash && port == r.next.web.port && r.cfg.AppPort == 0 && stolen < mostStolen:
			stolen++
			err = r.elsewhere(ctx)
		default:
			return p, err
		}
		if err != nil {
			return p, err
		}
	}
}

// probe waits for the new release's answer within the check's time.
func (r *run) probe(ctx context.Context) (*probe, error) {
	p := r.lane.newProbe(r.release, r.cfg, r.next.web)
	p.patient = r.patient()
	p.first = func() { r.serveEarly(p.port) }
	p.hopeless = func() bool {
		port, clash := taken(r.next.web.out.Tail(tailLines))
		return clash && r.oldHas(port)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.deadline, errNoAnswer)
	defer cancel()
	if p.patient {
		r.next.web.Ready()
	}
	err := p.wait(ctx, r.next.web)
	p.late = errors.Is(context.Cause(ctx), errNoAnswer)
	return p, err
}

// patient reports whether the app may be restarted before it answers: at a
// boot, what it needs may come up later than it does.
func (r *run) patient() bool { return r.job.req.Trigger == bootTrigger }

// gone is closed when there is no more hope for the process.
func gone(web *proc, patient bool) <-chan struct{} {
	if patient {
		return web.Ended()
	}
	return web.Exited()
}

var errNoAnswer = errors.New("no answer in time")

// probe is one health check on its way.
type probe struct {
	path      string
	own       bool        // the path was configured: only 2xx and 3xx will do
	portOnly  bool        // health_check.enabled is false
	lenient   bool        // whatever it answers will do
	patient   bool        // it may be restarted meanwhile
	late      bool        // time ran out
	first     func()      // called at the first of its good answers; may be nil
	hopeless  func() bool // asked while nothing listens; nil means there is hope
	host      string
	port      int
	moved     bool // port is not the one that was given out
	interval  time.Duration
	deadline  time.Duration
	client    *http.Client
	status    int           // of the last answer
	took      time.Duration // by the last answer
	last      error         // why the last try failed
	successes int
}

func (l *lane) newProbe(rel slot.Release, cfg slot.SlotConfig, web *proc) *probe {
	h, plan := cfg.HealthCheck, rel.Plan.Health
	p := &probe{
		path: "/", port: web.port,
		interval: h.Interval.Or(slot.DefaultCheckInterval),
		deadline: h.Timeout.Or(slot.DefaultCheckTimeout),
		portOnly: h.Enabled != nil && !*h.Enabled,
		client: &http.Client{
			Timeout:       tryTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if h.Timeout == 0 && plan.StartTimeoutS > 0 {
		p.deadline = time.Duration(plan.StartTimeoutS) * time.Second
	}
	if plan.Path != "" {
		p.path = plan.Path
	}
	if h.Path != "" {
		p.path, p.own = h.Path, true
	}
	if u, err := url.Parse(l.e.URL(l.name)); err == nil {
		p.host = u.Host // what the app sees of a real visitor
	}
	return p
}

// wait probes until enough answers were good, the process is gone, or time is
// up. The error says what was asked, what came back, and what to change.
func (p *probe) wait(ctx context.Context, web *proc) error {
	begun, gone := time.Now(), gone(web, p.patient)
	for pause := firstPause; ; {
		if p.try(ctx) {
			if p.successes++; p.successes == 1 && p.first != nil {
				p.first()
			}
			if p.successes >= answersWanted || p.portOnly {
				return nil
			}
			pause = p.interval
		} else {
			p.successes = 0
			pause = p.pause(time.Since(begun))
		}
		if errors.Is(p.last, syscall.ECONNREFUSED) && !p.moved && time.Since(begun) > listenAfter {
			if p.look(web); !p.moved && p.hopeless != nil && p.hopeless() {
				return p.failure(time.Since(begun))
			}
		}
		select {
		case <-gone:
			return slot.E(slot.KindFailed, "", fmt.Errorf("the app exited before it answered: %v", web.Snapshot().LastExit))
		case <-ctx.Done():
			return p.failure(time.Since(begun))
		case <-time.After(pause):
		}
	}
}

// look finds out whether the app listens on another port than the one it was
// given; then the traffic goes there.
func (p *probe) look(web *proc) {
	ports, err := process.Listening(web.Snapshot().Identity)
	if err != nil || len(ports) == 0 {
		return
	}
	if slices.Contains(ports, p.port) {
		return
	}
	p.port, p.moved = ports[0], true
}

func (p *probe) told() string {
	if p.portOnly {
		return fmt.Sprintf("port %d accepts connections", p.port)
	}
	return fmt.Sprintf("GET %s → %d in %d ms (%d of %d)", p.path, p.status, p.took.Milliseconds(), p.successes, answersWanted)
}

func (p *probe) failure(waited time.Duration) error {
	what := fmt.Sprintf("http://127.0.0.1:%d%s", p.port, p.path)
	hint := "health_check.timeout gives it longer; health_check.path asks another path"
	switch {
	case errors.Is(p.last, syscall.ECONNREFUSED):
		hint = "the app must listen on the port in the variable PORT; " + hint
	case p.status == http.StatusBadRequest:
		hint = fmt.Sprintf("does it refuse the host name %s? In Django set ALLOWED_HOSTS = [\"*\"]: only slot's proxy can reach the app", p.host)
	case p.own && p.status >= 400:
		hint = fmt.Sprintf("health_check.path is %s; 2xx or 3xx is wanted there", p.path)
	}
	last := p.last
	var ue *url.Error
	if errors.As(last, &ue) {
		last = ue.Err
	}
	return slot.E(slot.KindFailed, hint, fmt.Errorf("no good answer from %s in %v: %v", what, waited.Round(time.Second/10), last))
}

// clipTail keeps the last lines of an output.
func clipTail(lines []string) []string {
	return lines[max(0, len(lines)-tailLines):]
}
