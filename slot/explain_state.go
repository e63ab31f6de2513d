package slot

import (
	"fmt"
	"strings"
	"time"
)

// state says what the slot does and why it does that.
func (x *explainer) state() {
	s := x.s
	x.e.Summary = fmt.Sprintf("slot %s is %s", s.Slot, s.State)
	switch s.State {
	case StateEmpty:
		x.empty()
	case StateStarting:
		x.because("%s was started %s ago and has not answered yet.", x.release(), x.ago(s.Since))
		x.command("slot logs %s -f")
	case StateLive:
		x.live()
	case StateBackoff, StateCrashed:
		x.crashed()
	case StateStopped:
		x.stopped()
	case StateAsleep:
		x.e.Summary += ": nobody asked for it; the next request starts it"
		x.because("No request came for %v, which is its sleep_after; %s sleeps for %s now.", x.Config.SleepAfter, x.release(), x.ago(s.Since))
	case StateFailed:
		x.e.Summary += ": the live release could not be brought back"
		x.because("%s was to be started again and did not pass its check.", x.release())
		x.command("slot logs %s")
		x.command("slot restart %s")
	}
	if s.Dev {
		x.e.Summary += "; its address shows a working tree"
		x.because("slot dev has lent the address to a folder; the release is back when that ends.")
	}
}

func (x *explainer) empty() {
	x.e.Summary += ": nothing was ever deployed here"
	if x.s.Configured {
		x.because("It is configured with %s, but no deployment of that has succeeded.", RedactAddress(x.Config.Repository))
	}
	if x.s.Last != nil || x.s.Deploying != nil {
		return // what came of it is told below
	}
	if x.s.Configured {
		x.command("slot deploy %s")
	} else {
		x.command("slot deploy %s https://github.com/you/app")
	}
}

func (x *explainer) live() {
	s := x.s
	what := "serves"
	if s.Target == "static" {
		what = "serves its files"
	}
	since := x.since()
	text := fmt.Sprintf("%s %s at %s", x.release(), what, s.URL)
	if !since.IsZero() {
		text += " for " + x.ago(since)
	}
	x.because("%s.", text)
	if s.Restarts > 0 && s.LastExit != "" {
		x.because("Its process ended %s since it was deployed, last with %s, and was started again.", times(s.Restarts), s.LastExit)
		x.command("slot logs %s")
	}
}

// since is when what serves began to: a daemon that took a process over has
// another time for its state. Files have no process.
func (x *explainer) since() time.Time {
	for _, p := range x.Processes {
		if p.PID != 0 && p.PID == x.s.PID {
			return p.StartedAt
		}
	}
	if d := x.s.Last; x.s.Since.IsZero() && d != nil && d.State == DeploymentLive {
		return d.EndedAt
	}
	return x.s.Since
}

func (x *explainer) crashed() {
	s := x.s
	x.e.Summary += ": " + x.ending() + " again and again"
	if s.State == StateBackoff {
		x.e.Summary = fmt.Sprintf("slot %s is about to start again: %s", s.Slot, x.ending())
	}
	x.because("%s ended with %s; it was started again %s.", x.release(), s.LastExit, times(s.Restarts))
	switch {
	case s.GaveUp && (x.Config.Restart == RestartNever || x.Config.Restart == RestartOnFailure) && x.Config.MaxRestarts == 0:
		x.e.Summary = fmt.Sprintf("slot %s is crashed: %s and is left there", s.Slot, x.ending())
		x.because("restart_policy is %s: it is not started again.", x.Config.Restart)
	case s.GaveUp:
		x.because("max_restarts allows no more: it is not started again.")
	case s.State == StateCrashed:
		x.because("It is tried once a minute.")
	}
	x.e.Output = s.Output
	for _, d := range x.Causes {
		x.because("%s.", sentence(d.Summary))
		x.try(d.Hint)
	}
	x.command("slot logs %s")
	if s.GaveUp {
		x.command("slot restart %s")
	}
	if s.Release > 1 && x.s.Deploying == nil {
		x.command("slot rollback %s")
	}
}

func (x *explainer) ending() string {
	if x.s.LastExit == "" {
		return "its process ends"
	}
	return "its process ends (" + x.s.LastExit + ")"
}

// stopped tells a person's stop from an end of the process's own.
func (x *explainer) stopped() {
	if x.Desired == DesiredRunning && x.s.LastExit != "" {
		x.e.Summary += ": its process came to its end"
		x.because("%s ended by itself with %s, and restart_policy is %s: it is not started again.", x.release(), x.s.LastExit, x.policy())
		x.command("slot restart %s")
		return
	}
	x.e.Summary += " by a person; it stays so until it is started"
	if x.s.Release != 0 {
		x.because("%s is kept: no build is needed to bring it back.", x.release())
	}
	x.command("slot start %s")
}

func (x *explainer) policy() RestartPolicy {
	if x.Config.Restart == "" {
		return RestartAlways
	}
	return x.Config.Restart
}

// release names what is live or kept, such as "Release 3 (blog, 1f2e3d4 of main)".
func (x *explainer) release() string {
	r := ReportOf(x.s)
	var of []string
	if r.App != "" {
		of = append(of, r.App)
	}
	if c := x.s.Source.ShortCommit(); c != "" {
		if x.s.Source.Branch != "" {
			c += " of " + x.s.Source.Branch
		}
		of = append(of, c)
	}
	if x.s.Source.Dirty {
		of = append(of, "with uncommitted changes")
	}
	if of == nil {
		return fmt.Sprintf("Release %d", x.s.Release)
	}
	return fmt.Sprintf("Release %d (%s)", x.s.Release, strings.Join(of, ", "))
}

func times(n int) string {
	switch n {
	case 0:
		return "not yet"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// sentence begins with a capital and ends without a stop.
func sentence(text string) string {
	text = strings.TrimRight(text, ".")
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
