package deploy

import (
	"fmt"
	"net/netip"
	"strconv"
	"syscall"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// evidenceLines is how much of an app's output is searched for a known cause:
// what names it stands above a long trace in some languages.
const evidenceLines = 200

// explain tells why the new release did not pass its check: the causes go into
// the record, the first one into the error.
func (r *run) explain(err error) error {
	web := r.next.web
	output := web.out.Tail(evidenceLines)
	r.job.update(func(d *slot.Deployment) { d.Output = clipTail(output) })
	causes := r.portCause(output)
	if causes == nil {
		causes = append(r.deniedCause(web.mode, output), diagnose(r.lane.name, output)...)
	}
	if causes == nil {
		causes = exitCause(r.lane.name, web.Snapshot())
	}
	if causes == nil {
		causes = bindCause(web)
	}
	return r.because(causes, err)
}

// because records the causes and puts the first one before the error.
func (r *run) because(causes []slot.Diagnostic, err error) error {
	for i, d := range causes {
		d.Detail = r.log.mask(d.Detail)
		if i > 0 {
			d.Severity = slot.SeverityWarning // the first one is the headline
		}
		r.job.diagnose(d)
	}
	if len(causes) == 0 {
		return err
	}
	return slot.E(slot.AsError(err).Kind, causes[0].Hint, fmt.Errorf("%s: %w", causes[0].Summary, err))
}

// portCause tells of a port that somebody else has.
func (r *run) portCause(output []string) []slot.Diagnostic {
	port, clash := taken(output)
	if !clash {
		return nil
	}
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "app.port_taken", Summary: "it wants a port that is taken",
		Hint: "make it listen on the port in the variable PORT",
	}
	if port != 0 {
		d.Summary = fmt.Sprintf("it wants port %d, but %s", port, r.lane.e.owner(port))
		d.Hint += "; ss -ltnp shows who listens"
	}
	return []slot.Diagnostic{d}
}

// exitCause reads what the end itself tells: a KILL that slot did not send is
// the kernel's, and shells have numbers for a command that they cannot run.
func exitCause(n slot.Name, s process.Snapshot) []slot.Diagnostic {
	exit := s.LastExit
	d := slot.Diagnostic{Severity: slot.SeverityError, Detail: exit.String()}
	switch {
	case exit.At.IsZero() || !exit.Known:
		return nil
	case exit.Signal == syscall.SIGKILL || exit.Code == 137:
		d.Code, d.Summary = "app.out_of_memory", "the app was killed from outside, most likely because memory ran out"
		d.Hint = "free -m shows what is left; stop another slot, or make the app need less"
	case exit.Code == 127:
		d.Code, d.Summary = "app.command_missing", "the start command is not installed"
		d.Hint = fmt.Sprintf("add it to the app's dependencies, or set slot config set %s.start=...", n)
	case exit.Code == 126:
		d.Code, d.Summary = "app.start_script", "the start command cannot be executed"
		d.Hint = "git update-index --chmod=+x FILE makes it executable; is it a program for this machine?"
	case exit.Err == nil && exit.Signal == 0 && exit.Code == 0:
		d.Code, d.Summary = "app.ended", "the app came to its end instead of waiting for requests"
		d.Hint = fmt.Sprintf("is it a server? A site of files needs slot config set %s.static_root=FOLDER, a server its own slot config set %s.start=...", n, n)
	default:
		return nil
	}
	return []slot.Diagnostic{d}
}

// bindCause tells of an app that listens where no request can come from.
func bindCause(web *proc) []slot.Diagnostic {
	listeners, err := process.Listeners(web.Snapshot().Identity)
	if err != nil {
		return nil
	}
	for _, l := range listeners {
		if int(l.Port()) != web.port || reachable(l.Addr()) {
			continue
		}
		return []slot.Diagnostic{{
			Severity: slot.SeverityError, Code: "app.binds_elsewhere", Detail: l.String(),
			Summary: fmt.Sprintf("the app listens on %s only", l.Addr()),
			Hint:    "make it listen on the address in the variable HOST (127.0.0.1), port " + strconv.Itoa(web.port),
		}}
	}
	return nil
}

// reachable reports whether a listener on the address gets requests to
// 127.0.0.1. One on every address does.
func reachable(a netip.Addr) bool {
	return a.IsUnspecified() || a == netip.AddrFrom4([4]byte{127, 0, 0, 1})
}
