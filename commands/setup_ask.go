package commands

import (
	"context"
	"fmt"
	"slices"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/github"
	"github.com/slot-paas/slot/slot"
)

// setupTalk is a setup with the person who answers.
type setupTalk struct {
	*setupOptions
	w      *World
	here   *surroundings
	plan   *setupPlan
	token  string              // GitHub's
	listed []github.Repository // of the user's; none without a token
}

// ask asks for all that the flags leave open. Enter takes what is set.
func (o *setupOptions) ask(ctx context.Context, w *World, h *surroundings, p *setupPlan) error {
	t := &setupTalk{setupOptions: o, w: w, here: h, plan: p, token: w.gitHubToken(ctx, true)}
	t.greet()
	if len(o.slots) == 0 {
		if err := t.slots(ctx); err != nil {
			return err
		}
	}
	for _, question := range []func() error{t.subdomainNames, t.databaseToo, t.webhookToo} {
		if err := question(); err != nil {
			return err
		}
	}
	return nil
}

func (t *setupTalk) greet() {
	where := "outside of Coder"
	if t.here.settings.Place.Inside() {
		where = "in the Coder workspace " + t.here.settings.Place.FullName()
	}
	if t.here.coder != nil {
		where += " on " + t.here.coder.access.Server
	}
	runs := "slot does not run yet"
	if t.here.running {
		runs = "slot runs"
	}
	fmt.Fprintf(t.w.Err, "slot setup, %s; %s.\nNothing is changed before you agree at the end; Ctrl+C leaves all as it is.\n\n", where, runs)
}

// slots asks which ones, and then for each what it shall run.
func (t *setupTalk) slots(ctx context.Context) error {
	var options []string
	var presets []int
	for i, n := range slot.Names() {
		c := t.here.config.Slots[n]
		what := "empty"
		if c.Repository != "" {
			what, presets = slot.RedactAddress(c.Repository), append(presets, i)
		}
		options = append(options, fmt.Sprintf("%s: %s", n, dash(what)))
	}
	if len(presets) == 0 {
		presets = []int{0}
	}
	chosen, err := t.w.pickSome("Which slots do you set up?", "A slot runs one app, at an address of its own.", options, presets)
	if err != nil {
		return err
	}
	t.plan.Slots = []setupSlot{}
	if len(chosen) > 0 {
		t.list(ctx)
	}
	for _, i := range chosen {
		s, err := t.source(ctx, slot.Names()[i])
		if err != nil {
			return err
		}
		t.plan.Slots = append(t.plan.Slots, s)
	}
	return nil
}

func (t *setupTalk) subdomainNames() error {
	if t.here.coder == nil || len(t.plan.wanted) > 0 {
		return nil
	}
	session := t.here.coder
	for _, s := range t.plan.Slots {
		name := coder.SubdomainName(s.Slot)
		i := slices.IndexFunc(session.params, func(p coder.Parameter) bool { return p.Name == name })
		if i < 0 || !session.params[i].Mutable {
			continue
		}
		present := session.params[i].Value
		with := func(value string) []coder.Assignment {
			return append(slices.Clone(t.plan.wanted), coder.Assignment{Name: name, Value: value})
		}
		answer, err := t.w.ask(fmt.Sprintf("Subdomain of slot %s?", s.Slot), "its address is then "+session.place.URL(dash(present))+" with this name in front", present,
			func(value string) error {
				_, err := coder.Plan(session.params, with(value), session.place, session.ws.Apps)
				return err
			})
		if err != nil {
			return err
		}
		if answer != present {
			t.plan.wanted = with(answer)
		}
	}
	return nil
}

func (t *setupTalk) databaseToo() (err error) {
	if !t.here.database && !t.given("database") {
		t.plan.Database, err = t.w.confirm("A PostgreSQL database for each app?")
	}
	return err
}

// webhookToo asks only where a push can be: a folder is deployed by hand.
func (t *setupTalk) webhookToo() error {
	pushed := slices.ContainsFunc(t.plan.Slots, func(s setupSlot) bool {
		return slot.SlotConfig{Repository: s.Repository}.DeploysOnPush()
	})
	if !pushed || t.plan.Webhook != nil || t.given("webhook") {
		return nil
	}
	question := "Deploy at each push? The fields of the webhook to paste are shown."
	if t.token != "" {
		question = "Deploy at each push? GitHub is told to call slot."
	}
	yes, err := t.w.choose(question, t.token != "")
	if err != nil || !yes {
		return err
	}
	k := &setupWebhook{URL: t.here.webhook}
	if t.token != "" && reachable(k.URL) != nil {
		k.URL, err = t.w.ask("The address that leads to slot's webhook from outside?", "such as https://hooks.example.com/webhook; Enter: the fields are shown instead", k.URL, t.hookAddress)
	}
	t.plan.Webhook = k
	return err
}

// hookAddress accepts what can be called from outside, and what is there.
func (t *setupTalk) hookAddress(address string) error {
	if address == t.here.webhook {
		return nil
	}
	return reachable(address)
}
