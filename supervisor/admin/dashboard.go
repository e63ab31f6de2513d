package admin

import (
	"net/http"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// dashboard shows all five slots.
func (a *Admin) dashboard(w http.ResponseWriter, r *http.Request, c caller) {
	a.page(w, r, c, "dashboard.html", "Slots", "", a.slots())
}

// slotsView is the first page.
type slotsView struct {
	Headline string
	Summary  string
	Slots    []card
	Batch    *progress
	Broken   string // why slots.json is not in force
	CanAll   bool   // some slot has a repository
	Alone    bool   // the keeper is lost
}

// progress is how far "deploy all" is.
type progress struct{ Done, Failed, All int }

// card is one slot.
type card struct {
	slot.Status
	Class, Word string
	Repository  string
	Usage       slot.Usage
	Rate        float64
	Spark       spark
	Before      int // the release to go back to, 0 for none
	Steps       []slot.Step
}

func (a *Admin) slots() slotsView {
	_ = a.Store.Reload() // a broken file is told below
	v := slotsView{Batch: a.progress(), Alone: a.KeeperLost()}
	if err := a.Store.ConfigError(); err != nil {
		v.Broken = err.Error()
	}
	traffic := a.Engine.Traffic()
	var memory int64
	for i, n := range slot.Names() {
		card := a.card(n, traffic[i])
		memory += card.MemoryKiB
		v.CanAll = v.CanAll || card.Configured
		v.Slots = append(v.Slots, card)
	}
	v.Headline, v.Summary = headline(v.Slots), ""
	if memory > 0 {
		v.Summary = bytesWord(memory<<10) + " of memory in use"
	}
	return v
}

func (a *Admin) card(n slot.Name, t slot.Traffic) card {
	s := a.Engine.Status(n)
	c := card{Status: s, Class: stateClass(s), Word: stateWord(s), Repository: a.Store.Config().Slots[n].Repository}
	if c.Repository == "" {
		c.Repository = s.Source.Repository
	}
	c.Usage = a.meter.of(n)
	c.Rate, _ = t.Recent.Rate(time.Minute)
	c.Spark = newSpark(t.Recent)
	for _, rel := range a.Store.Releases(n) {
		if rel.ID < s.Release {
			c.Before = rel.ID // oldest first: the last one below wins
		}
	}
	if s.Deploying != nil {
		c.Steps = s.Deploying.Steps
	}
	return c
}

// progress tells of the last "deploy all" until a minute after its end.
func (a *Admin) progress() *progress {
	p := progress{}
	var last time.Time
	for _, id := range a.batch.get() {
		d, ok := a.Store.Deployment(id)
		if !ok {
			continue
		}
		p.All++
		if d.State.Ended() {
			p.Done++
			if d.EndedAt.After(last) {
				last = d.EndedAt
			}
		}
		if d.State == slot.DeploymentFailed {
			p.Failed++
		}
	}
	if p.All == 0 || p.Done == p.All && time.Since(last) > time.Minute {
		return nil
	}
	return &p
}

var counts = []string{"No", "One", "Two", "Three", "Four", "Five"}

// headline says the state of the house in a sentence.
func headline(all []card) string {
	tally := map[string]int{}
	for _, c := range all {
		switch c.State {
		case slot.StateCrashed, slot.StateFailed, slot.StateBackoff:
			tally["in trouble"]++
		case slot.StateStarting:
			tally["live"]++
		default:
			tally[string(c.State)]++
		}
	}
	if tally["empty"] == len(all) {
		return "Five slots, ready for your apps."
	}
	if tally["live"] == len(all) {
		return "All five slots are live."
	}
	var parts []string
	for _, word := range []string{"live", "asleep", "in trouble", "stopped"} {
		if n := tally[word]; n > 0 {
			parts = append(parts, counts[n]+" "+word)
		}
	}
	for i := range parts[min(1, len(parts)):] {
		parts[i+1] = strings.ToLower(parts[i+1][:1]) + parts[i+1][1:]
	}
	return strings.Join(parts, ", ") + "."
}
