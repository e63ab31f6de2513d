package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// setupPlan is what slot setup is going to do, and then has done; it is the
// JSON output.
type setupPlan struct {
	Slots       []setupSlot       `json:"slots"`
	Subdomains  []coder.Change    `json:"subdomains,omitempty"`
	Database    bool              `json:"database"` // to be enabled
	Webhook     *setupWebhook     `json:"webhook,omitempty"`
	Deploy      bool              `json:"deploy"`
	Deployments []slot.Deployment `json:"deployments,omitempty"`
	Applied     bool              `json:"applied"`

	wanted []coder.Assignment // Subdomains before they are checked
}

// setupSlot is a slot and what it shall run.
type setupSlot struct {
	Slot       slot.Name `json:"slot"`
	Repository string    `json:"repository"`
	Branch     string    `json:"branch,omitempty"`
	Commit     string    `json:"commit,omitempty"` // that the branch has now; none of a folder
	Was        string    `json:"was,omitempty"`    // its repository before, where that changes

	head string // the branch that the repository's default is
}

// setupWebhook says who calls slot on a push.
type setupWebhook struct {
	URL          string   `json:"url"`
	Repositories []string `json:"repositories,omitempty"` // on GitHub
	local        error    // why GitHub cannot reach the address
}

// plan reads the flags; what they leave open is as it is set.
func (o *setupOptions) plan(h *surroundings) (*setupPlan, error) {
	p := &setupPlan{Slots: []setupSlot{}, Database: o.database && !h.database, Deploy: o.deploy}
	for _, arg := range o.slots {
		s, err := parseSetupSlot(arg)
		if err != nil {
			return nil, err
		}
		if err := p.set(s); err != nil {
			return nil, err
		}
	}
	for _, n := range slot.Names() {
		if c := h.config.Slots[n]; len(o.slots) == 0 && c.Repository != "" {
			p.Slots = append(p.Slots, setupSlot{Slot: n, Repository: c.Repository, Branch: c.Branch})
		}
	}
	for _, arg := range o.subdomains {
		name, subdomain, ok := strings.Cut(arg, "=")
		n, err := slot.ParseName(name)
		if err != nil || !ok {
			return nil, slot.E(slot.KindUsage, "--subdomain a=blog", fmt.Errorf("%q is no slot with its subdomain", arg))
		}
		p.wanted = append(p.wanted, coder.Assignment{Name: coder.SubdomainName(n), Value: subdomain})
	}
	if o.webhook || o.webhookURL != "" && !o.given("webhook") {
		p.Webhook = &setupWebhook{URL: o.webhookURL}
	}
	return p, nil
}

// empty reports whether there is nothing to do.
func (p *setupPlan) empty() bool {
	return len(p.Slots) == 0 && len(p.wanted) == 0 && !p.Database && p.Webhook == nil
}

// set adds a slot; each may be named once.
func (p *setupPlan) set(s setupSlot) error {
	for _, other := range p.Slots {
		if other.Slot == s.Slot {
			return slot.E(slot.KindUsage, "", fmt.Errorf("--slot names slot %s twice", s.Slot))
		}
	}
	p.Slots = append(p.Slots, s)
	return nil
}

// parseSetupSlot reads a=https://github.com/you/app#dev. A folder whose name
// has a # is taken as it is.
func parseSetupSlot(arg string) (s setupSlot, err error) {
	name, source, ok := strings.Cut(arg, "=")
	if !ok || source == "" {
		return s, slot.E(slot.KindUsage, "--slot a=https://github.com/you/app, or --slot a=. for this folder", fmt.Errorf("--slot %q does not say what the slot shall run", arg))
	}
	if s.Slot, err = slot.ParseName(name); err != nil {
		return s, err
	}
	if at := strings.LastIndex(source, "#"); at > 0 && !isThere(source) {
		source, s.Branch = source[:at], source[at+1:]
		if err := slot.ValidateRef(s.Branch); err != nil {
			return s, err
		}
	}
	s.Repository, err = sourceArgument(source)
	return s, err
}

// reachTimeout bounds the question to one repository.
const reachTimeout = 30 * time.Second

// check reaches each repository and finds its branch, and refuses what would
// fail later.
func (p *setupPlan) check(ctx context.Context, h *surroundings) error {
	for i := range p.Slots {
		if err := p.Slots[i].check(ctx, h); err != nil {
			return err
		}
	}
	if h.coder != nil && len(p.wanted) > 0 {
		changes, err := coder.Plan(h.coder.params, p.wanted, h.coder.place, h.coder.ws.Apps)
		if err != nil {
			return err
		}
		if len(changes) > 0 && !h.coder.ws.Build.State.Ended() {
			return slot.E(slot.KindRefused, "wait for it and run this again", fmt.Errorf("cannot change %s: %w", h.coder.ws.FullName(), coder.ErrBusy))
		}
		p.Subdomains = changes
	}
	if p.Webhook != nil {
		return p.Webhook.check(p, h)
	}
	return nil
}

func (s *setupSlot) check(ctx context.Context, h *surroundings) error {
	if was := h.config.Slots[s.Slot].Repository; was != s.Repository {
		s.Was = was
	}
	repo, err := slot.ParseRepository(s.Repository)
	if err != nil || repo.Local && s.Branch == "" {
		return err // a folder is deployed as it is
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	refs, err := h.git.Refs(ctx, repo.Address)
	if err == nil {
		s.Commit, s.head, err = refs.Find(s.Branch, repo.Address)
	}
	if err != nil {
		e := slot.AsError(err)
		return slot.E(e.Kind, e.Hint, fmt.Errorf("slot %s: %w", s.Slot, e.Err))
	}
	return nil
}

// check finds the address, and the repositories on GitHub.
func (k *setupWebhook) check(p *setupPlan, h *surroundings) error {
	if k.URL == "" {
		k.URL = h.webhook
	}
	if k.URL == "" {
		return slot.E(slot.KindFailed, "SLOT_WEBHOOK_PORT=9001, or leave --webhook out", errors.New("the webhook is closed: its port is 0"))
	}
	for _, s := range p.Slots {
		if name := slot.NameOn(h.github, s.Repository); name != "" && !slices.Contains(k.Repositories, name) {
			k.Repositories = append(k.Repositories, name)
		}
	}
	k.local = reachable(k.URL)
	return nil
}
