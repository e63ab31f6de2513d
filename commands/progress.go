package commands

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// progress shows a deployment as it goes: one line a step, the build's output
// between them. Several deployments may share one writer through mu.
type progress struct {
	w        io.Writer
	mu       *sync.Mutex
	prefix   string // "a  " when several slots deploy at once
	color    bool
	live     bool // the last line may be rewritten
	width    int
	streamed bool // the output of what failed is on the screen already
	shown    bool // a running step's line is on the screen
}

// ANSI sequences (ECMA-48): the few that every terminal has.
const (
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
	erase  = "\r\x1b[K"
)

// event shows one event.
func (p *progress) event(ev slot.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case ev.Step != nil:
		p.step(*ev.Step)
	case ev.Line != nil:
		p.say("%s", p.paint(dim, "  │ "+ev.Line.Text))
	case ev.Diagnostic != nil && ev.Diagnostic.Severity != slot.SeverityError:
		p.diagnostic(*ev.Diagnostic) // errors are told at the end, once
	}
}

func (p *progress) step(s slot.Step) {
	switch {
	case s.State == slot.StepRunning && !strings.Contains(string(s.Name), "."):
		if p.live {
			text := fmt.Sprintf("  %-8s …", s.Name)
			fmt.Fprint(p.w, erase, p.paint(dim, text))
			p.shown = true
		}
	case s.Name == slot.StepRelease && s.Detail == "none", s.Name == slot.StepPrune && s.State == slot.StepDone:
		p.clear()
	case strings.Contains(string(s.Name), "."):
		if s.State != slot.StepRunning {
			p.say("%s", p.paint(dim, fmt.Sprintf("  │ %s (%.1fs)", s.Detail, float64(s.DurationMS)/1000)))
		}
	default:
		took := fmt.Sprintf("%.1fs", float64(s.DurationMS)/1000)
		detail := s.Detail
		if s.State == slot.StepFailed {
			p.streamed = s.Name == slot.StepBuild || s.Name == slot.StepPreHook || s.Name == slot.StepRelease
			detail = "failed" // the reason stands below, with its remedy
		}
		room := max(p.width-len(p.prefix)-len("  switch   ")-len(took)-2, 20)
		if p.live && len([]rune(detail)) > room && s.State == slot.StepDone {
			detail = string([]rune(detail)[:room-1]) + "…"
		}
		pad := ""
		if gap := min(room, 48) - len([]rune(detail)); gap > 0 {
			pad = strings.Repeat(" ", gap)
		}
		line := fmt.Sprintf("  %-8s %s%s %s", s.Name, detail, pad, took)
		if s.State == slot.StepFailed {
			line = p.paint(red, line)
		}
		p.say("%s", line)
	}
}

func (p *progress) diagnostic(g slot.Diagnostic) {
	where := ""
	if g.File != "" {
		where = g.File
		if g.Line > 0 {
			where += fmt.Sprintf(":%d", g.Line)
		}
		where = " (" + where + ")"
	}
	text := fmt.Sprintf("  %s: %s%s", g.Severity, g.Summary, where)
	if g.Severity == slot.SeverityError {
		text = p.paint(red, text)
	}
	p.say("%s", text)
	if g.Hint != "" {
		p.say("    try: %s", g.Hint)
	}
}

// ended says how it went.
func (p *progress) ended(d slot.Deployment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	switch d.State {
	case slot.DeploymentLive:
		took := d.EndedAt.Sub(d.StartedAt).Round(10 * time.Millisecond)
		p.say("%s", p.paint(green, fmt.Sprintf("  live     release %d in %v", d.Release, took)))
		return
	case slot.DeploymentSkipped:
		p.say("  skipped  %s", dash(d.Reason))
		return
	case slot.DeploymentFailed:
		for _, g := range d.Diagnostics {
			if g.Severity == slot.SeverityError && (d.Error == nil || !strings.Contains(d.Error.Error(), g.Summary)) {
				p.diagnostic(g)
			}
		}
		if !p.streamed {
			for _, line := range d.Output {
				p.say("%s", p.paint(dim, "  │ "+line))
			}
		}
	}
	if d.Error != nil && d.Error.Kind == slot.KindKept {
		p.say("  release %d still serves", d.Previous)
	}
}

func (p *progress) say(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.w, p.prefix+format+"\n", args...)
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, erase)
		p.shown = false
	}
}

func (p *progress) paint(code, text string) string {
	if !p.color {
		return text
	}
	return code + text + plain
}
