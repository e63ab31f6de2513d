package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// show says what is going to happen, one thing a line.
func (p *setupPlan) show(out io.Writer, h *surroundings) {
	line := func(word, format string, args ...any) {
		fmt.Fprintf(out, "  %-9s %s\n", word, dash(fmt.Sprintf(format, args...)))
	}
	fmt.Fprintln(out, "slot setup is going to do this:")
	if h.running {
		line("slot", "runs already; it gets this terminal's environment")
	} else {
		line("slot", "is started; its state is in %s", h.settings.Home)
	}
	for _, s := range p.Slots {
		line("slot "+string(s.Slot), "%s%s", s.what(), s.change(h.config.Slots[s.Slot]))
	}
	if p.Database {
		line("database", "PostgreSQL is set up; each app finds its own in DATABASE_URL")
	} else if h.database {
		line("database", "is there already")
	}
	if k := p.Webhook; k != nil {
		line("webhook", "%s", k.what())
	}
	if p.Deploy && len(p.Slots) > 0 {
		line("deploy", "slot %s", p.names())
	}
	if len(p.Subdomains) > 0 {
		fmt.Fprintln(out, "and at the end:")
		h.coder.announce(out, p.Subdomains)
	}
}

// what is the source for people.
func (s *setupSlot) what() string {
	text := slot.RedactAddress(s.Repository)
	switch {
	case s.Commit == "":
		return text + ", the folder as it is"
	case s.Branch != "":
		text += ", " + s.Branch
	case s.head != "":
		text += ", its default branch (" + s.head + ")"
	}
	return fmt.Sprintf("%s, now at %.7s", text, s.Commit)
}

// change says how that differs from what is set.
func (s *setupSlot) change(was slot.SlotConfig) string {
	switch {
	case s.Was != "":
		return "; until now " + slot.RedactAddress(s.Was)
	case was.Repository == "":
		return ""
	case was.Branch != s.Branch && was.Branch != "":
		return "; until now " + was.Branch
	case was.Branch != s.Branch:
		return "; until now its default branch"
	}
	return "; as it is set"
}

func (k *setupWebhook) what() string {
	switch {
	case len(k.Repositories) == 0:
		return "the fields to paste are shown; they call " + k.URL
	case k.local != nil:
		return "the fields to paste are shown: GitHub cannot reach " + k.URL + "; --webhook-url names what leads here from outside"
	}
	return strings.Join(k.Repositories, ", ") + " on GitHub calls " + k.URL + " at each push; without a token the fields to paste are shown"
}

// names are those of the slots, such as "a, b".
func (p *setupPlan) names() string {
	var names []string
	for _, s := range p.Slots {
		names = append(names, string(s.Slot))
	}
	return strings.Join(names, ", ")
}

// redacted is the plan without passwords in addresses.
func (p *setupPlan) redacted() setupPlan {
	out := *p
	out.Slots = nil
	for _, s := range p.Slots {
		s.Repository, s.Was = slot.RedactAddress(s.Repository), slot.RedactAddress(s.Was)
		out.Slots = append(out.Slots, s)
	}
	return out
}
