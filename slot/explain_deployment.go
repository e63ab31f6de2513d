package slot

import (
	"fmt"
	"strings"
)

// underWay tells of a deployment that runs or waits, and for what.
func (x *explainer) underWay() {
	d := x.s.Deploying
	if d == nil {
		return
	}
	step := running(*d)
	switch {
	case d.State == DeploymentQueued:
		x.e.Summary += "; a deployment waits"
		x.because("Deployment %d (%s) has waited for %s: it begins when the slot is done with what it does now.", d.ID, asked(*d), x.ago(d.RequestedAt))
	case step.Detail == WaitsForBuilds:
		x.e.Summary += "; a deployment waits"
		x.because("Deployment %d (%s) began %s ago and waits for its build: %s at once.", d.ID, asked(*d), x.ago(d.StartedAt), builds(x.Builds))
		for _, other := range x.Ahead {
			if s := running(other); s.Name == StepBuild && s.Detail != WaitsForBuilds {
				x.because("Deployment %d of slot %s builds now.", other.ID, other.Slot)
			}
		}
	default:
		x.e.Summary += "; a deployment is under way"
		at := ""
		if step.Name != "" {
			at = ", now at the step " + string(step.Name)
		}
		x.because("Deployment %d (%s) runs for %s%s.", d.ID, asked(*d), x.ago(d.StartedAt), at)
	}
	x.try(fmt.Sprintf("slot cancel %s, to call it off", x.s.Slot))
}

func builds(n int) string {
	if n <= 1 {
		return "one build runs"
	}
	return fmt.Sprintf("%d builds run", n)
}

// running is the step that a deployment is at, without the parts of it.
func running(d Deployment) Step {
	for _, s := range d.Steps {
		if s.State == StepRunning {
			return s
		}
	}
	return Step{}
}

// asked says what a deployment is and who wants it.
func asked(d Deployment) string {
	text := string(d.Action)
	if d.Trigger != "" {
		text += " by " + d.Trigger
	}
	if c := d.Source.ShortCommit(); c != "" {
		text += ", " + c
	}
	return text
}

// lastDeployment tells of the one that ended last, where it did not go live.
func (x *explainer) lastDeployment() {
	d := x.s.Last
	if d == nil || d.State == DeploymentLive && len(d.Diagnostics) == 0 {
		return
	}
	what := fmt.Sprintf("Deployment %d (%s, %s ago)", d.ID, asked(*d), x.ago(d.EndedAt))
	switch d.State {
	case DeploymentLive:
		x.remarks(d)
	case DeploymentFailed:
		x.failed(what, d)
	case DeploymentSkipped:
		x.because("%s was skipped: %s.", what, d.Reason)
	case DeploymentCanceled:
		x.because("%s was called off.", what)
		x.again(d)
	case DeploymentSuperseded:
		x.because("%s gave way to a newer one.", what)
	}
}

// failed tells why, and that the release before goes on.
func (x *explainer) failed(what string, d *Deployment) {
	cause := "it is not known why"
	if d.Error != nil {
		cause = d.Error.Error()
	}
	at := ""
	for _, s := range d.Steps {
		if s.State == StepFailed {
			at = " in the step " + string(s.Name)
			cause = strings.TrimPrefix(cause, string(s.Name)+" failed: ")
		}
	}
	if d.CutShort {
		x.because("%s was cut short: the daemon ended during it. That says nothing of the commit.", what)
		x.again(d)
		return
	}
	x.because("%s failed%s: %s.", what, at, strings.TrimRight(cause, "."))
	if x.s.State == StateLive {
		x.e.Summary += ", but the last deployment failed"
		x.because("Nothing of it is in force: release %d goes on serving.", x.s.Release)
	}
	for _, g := range d.Diagnostics {
		if !strings.Contains(cause, g.Summary) {
			x.because("%s.", sentence(g.Summary))
		}
		x.try(g.Hint)
	}
	if d.Error != nil {
		x.try(d.Error.Hint)
	}
	if x.e.Output == nil {
		x.e.Output = d.Output
	}
	x.try(fmt.Sprintf("slot history show %d, for its steps and its log", d.ID))
	x.again(d)
}

// again is the command that asks for the same once more.
func (x *explainer) again(d *Deployment) {
	switch {
	case x.s.Deploying != nil:
	case d.Action == ActionDeploy && x.s.Configured:
		x.command("slot deploy %s")
	case d.Action == ActionDeploy:
		x.try(fmt.Sprintf("slot deploy %s %s", x.s.Slot, RedactAddress(d.Source.Repository)))
	case d.Action == ActionStart || d.Action == ActionRestart:
		x.command("slot restart %s")
	}
}

// remarks are the warnings of a deployment that went live.
func (x *explainer) remarks(d *Deployment) {
	for _, g := range d.Diagnostics {
		if g.Severity == SeverityWarning {
			x.because("Its deployment warned: %s.", strings.TrimRight(g.Summary, "."))
			x.try(g.Hint)
		}
	}
}

// lastPush tells why a push brought nothing.
func (x *explainer) lastPush() {
	p := x.Passed
	if p == nil {
		return
	}
	what := "deployed nothing here"
	if p.Verdict == VerdictFail {
		what = "could not be deployed"
	}
	x.because("The newest push of its repository, %s ago, %s: %s.", x.ago(p.At), what, strings.TrimRight(p.Reason, "."))
	x.try(fmt.Sprintf("slot webhook deliveries show %d, for what came and what was decided", p.Number))
}
