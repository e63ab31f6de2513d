package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// previews sets slots d and e aside and says what they show already.
func previews(t *testing.T, d *door, settings slot.PreviewConfig, shown map[slot.Name]slot.Preview) {
	t.Helper()
	settings.Repository = "https://github.com/me/app"
	if settings.Slots == nil {
		settings.Slots = []slot.Name{"d", "e"}
	}
	if err := d.store.UpdateConfig(func(c *slot.Config) error {
		c.Previews = []slot.PreviewConfig{settings}
		for n := range shown {
			c.Slots[n] = slot.SlotConfig{Repository: settings.Repository}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for n, v := range shown {
		v.Repository = "Me/App"
		if err := d.store.UpdateState(n, func(s *slot.SlotState) error { s.Preview = &v; return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func pull(number int, action string, more ...string) string {
	head, state := "me/app", "open"
	var labels []string
	for _, m := range more {
		switch m {
		case "fork":
			head = "eve/app"
		case "closed":
			state = "closed"
		default:
			labels = append(labels, fmt.Sprintf("{%q:%q}", "name", m))
		}
	}
	return fmt.Sprintf(`{"action":%q,"number":%d,"pull_request":{"state":%q,"title":"T","user":{"login":"ada"},"labels":[%s],
 "head":{"sha":%q,"repo":{"full_name":%q}}},"repository":{"full_name":"me/app","html_url":"https://github.com/me/app"}}`,
		action, number, state, strings.Join(labels, ","), two, head)
}

func TestPull_GetsAFreeSlotOrAReason(t *testing.T) {
	old, young := time.Now().Add(-time.Hour), time.Now()
	both := map[slot.Name]slot.Preview{"d": {Number: 3, Updated: young}, "e": {Number: 4, Updated: old}}
	for _, tt := range []struct {
		name     string
		settings slot.PreviewConfig
		shown    map[slot.Name]slot.Preview
		body     string
		status   int
		want     string
	}{
		{"opened", slot.PreviewConfig{}, nil, pull(7, "opened"), 202, "d deploy"},
		{"opened, the first slot is taken", slot.PreviewConfig{}, map[slot.Name]slot.Preview{"d": {Number: 3}}, pull(7, "opened"), 202, "e deploy"},
		{"a commit of one that is shown", slot.PreviewConfig{}, both, pull(4, "synchronize"), 202, "e deploy"},
		{"a commit of one that is not", slot.PreviewConfig{}, nil, pull(4, "synchronize"), 202, "d deploy"},
		{"Gitea's word for it", slot.PreviewConfig{}, both, pull(4, "synchronized"), 202, "e deploy"},
		{"no slot is free", slot.PreviewConfig{}, both, pull(7, "opened"), 200, "no slot is free: d has #3, e has #4"},
		{"the quietest makes room", slot.PreviewConfig{Evict: true}, both, pull(7, "opened"), 202, "e deploy in place of #4"},
		{"one that is being emptied is waited for", slot.PreviewConfig{}, map[slot.Name]slot.Preview{"d": {Number: 3}, "e": {Number: 4, Phase: slot.PreviewClosing}}, pull(7, "opened"), 202, "e deploy once the slot is emptied"},
		{"reopened while it is being emptied", slot.PreviewConfig{Evict: true}, map[slot.Name]slot.Preview{"d": {Number: 3}, "e": {Number: 4, Phase: slot.PreviewClosing}}, pull(4, "reopened"), 202, "e deploy once the slot is emptied"},
		{"one that opens is not made to go", slot.PreviewConfig{Slots: []slot.Name{"e"}, Evict: true}, map[slot.Name]slot.Preview{"e": {Number: 4, Phase: slot.PreviewOpening}}, pull(7, "opened"), 200, "no slot is free: e has #4"},
		{"a pull request of another host with the same number", slot.PreviewConfig{}, map[slot.Name]slot.Preview{"d": {Number: 7, Host: "gitlab.com"}}, pull(7, "opened"), 202, "e deploy"},
		{"closed", slot.PreviewConfig{}, both, pull(3, "closed", "closed"), 202, "d free the pull request was closed"},
		{"closed, not shown", slot.PreviewConfig{}, both, pull(7, "closed", "closed"), 200, "no slot shows the pull request"},
		{"an event that changes nothing", slot.PreviewConfig{}, nil, pull(7, "assigned"), 200, "this does not change what is shown"},
		{"with the label", slot.PreviewConfig{Label: "preview"}, nil, pull(7, "labeled", "bug", "Preview"), 202, "d deploy"},
		{"without the label", slot.PreviewConfig{Label: "preview"}, nil, pull(7, "opened", "bug"), 200, "it has not the label preview"},
		{"the label is taken off", slot.PreviewConfig{Label: "preview"}, both, pull(3, "unlabeled"), 202, "d free it has the label preview no longer"},
		{"a fork", slot.PreviewConfig{}, nil, pull(7, "opened", "fork"), 200, "it comes from a fork; slot preview 7 shows it"},
		{"a fork that is shown by hand", slot.PreviewConfig{}, both, pull(3, "synchronize", "fork"), 200, "it comes from a fork; slot preview 3 shows it"},
		{"a fork where forks are shown", slot.PreviewConfig{Forks: true}, nil, pull(7, "opened", "fork"), 202, "d deploy"},
		{"another repository", slot.PreviewConfig{}, nil, strings.ReplaceAll(pull(7, "opened"), "me/app", "you/app"), 200, "no slot is set aside for pull requests of you/app"},
		{"another host", slot.PreviewConfig{}, nil, strings.ReplaceAll(pull(7, "opened"), "github.com", "gitlab.com"), 200, "no slot is set aside for pull requests of me/app"},
		{"no number", slot.PreviewConfig{}, nil, pull(0, "opened"), 400, "the body cannot be read"},
		{"a commit that is an option", slot.PreviewConfig{}, nil, strings.ReplaceAll(pull(7, "opened"), two, "--upload-pack=x"), 400, "the body cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t)
			previews(t, d, tt.settings, tt.shown)
			got := d.github(t, "pull_request", tt.body)
			if got.status != tt.status || got.String() != tt.want {
				t.Errorf("answered %d %q, want %d %q", got.status, got, tt.status, tt.want)
			}
		})
	}
}

func TestPull_AForkGetsNoVariables(t *testing.T) {
	for _, fork := range []bool{false, true} {
		d := open(t)
		previews(t, d, slot.PreviewConfig{From: "a", Forks: true}, nil)
		if err := d.store.UpdateConfig(func(c *slot.Config) error {
			a := c.Slots["a"]
			a.Root, a.Port, a.Environment = "web", 4001, map[string]string{"API_TOKEN": "x"}
			c.Slots["a"] = a
			c.Slots["d"] = slot.SlotConfig{Port: 4004}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		body := pull(7, "opened")
		if fork {
			body = pull(7, "opened", "fork")
		}
		d.github(t, "pull_request", body)
		c := d.store.Config().Slots["d"]
		if c.Branch != "refs/pull/7/head" || c.Root != "web" || c.Port != 4004 || c.DeploysOnPush() {
			t.Errorf("fork %v: configured as %+v", fork, c)
		}
		if (len(c.Environment) == 0) != fork {
			t.Errorf("fork %v: the variables are %v", fork, c.Environment)
		}
	}
}

func TestPull_TheNextDaemonFinishesWhatWasBegun(t *testing.T) {
	d := open(t)
	previews(t, d, slot.PreviewConfig{}, map[slot.Name]slot.Preview{"d": {Number: 3, Phase: slot.PreviewClosing}, "e": {Number: 4, Phase: slot.PreviewOpening}})
	d.Receiver.CatchUp(t.Context())
	for deadline := time.Now().Add(10 * time.Second); ; <-time.After(5 * time.Millisecond) {
		left, next := d.store.State("d").Preview, d.store.State("e").Preview
		if left == nil && next != nil && next.Phase == "" && d.asked.Load() == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("d has %+v, e has %+v, %d asked for", left, next, d.asked.Load())
		}
	}
	if c := d.store.Config(); c.Slots["d"].Repository != "" || c.Slots["e"].Branch != "refs/pull/4/head" {
		t.Errorf("configured as %+v", c.Slots)
	}
}

// What is opened and closed while a slot is emptied ends with the newest wish,
// and with one emptying at a time: another would end what was shown meanwhile.
func TestPull_WhatCountsIsTheWishWhenTheSlotIsEmpty(t *testing.T) {
	d := open(t)
	previews(t, d, slot.PreviewConfig{Slots: []slot.Name{"d"}}, map[slot.Name]slot.Preview{"d": {Number: 3}})
	d.hold = make(chan struct{})
	for _, body := range []string{pull(3, "closed", "closed"), pull(3, "reopened"), pull(3, "closed", "closed"), pull(3, "closed", "closed"), pull(5, "opened")} {
		d.github(t, "pull_request", body)
	}
	close(d.hold)
	until(t, "the newest is shown", func() bool {
		v := d.store.State("d").Preview
		return v != nil && v.Number == 5 && v.Phase == "" && d.asked.Load() == 1
	})
	if n := d.emptied.Load(); n != 1 || d.store.Config().Slots["d"].Branch != "refs/pull/5/head" {
		t.Errorf("emptied %d times, and shows %s", n, d.store.Config().Slots["d"].Branch)
	}
}

// A slot that cannot be emptied is tried again, and is not used before.
func TestPull_EmptyingIsTriedAgain(t *testing.T) {
	d := open(t)
	previews(t, d, slot.PreviewConfig{Slots: []slot.Name{"d"}}, map[slot.Name]slot.Preview{"d": {Number: 3}})
	d.stuck.Store(1)
	d.github(t, "pull_request", pull(3, "closed", "closed"))
	until(t, "the slot is free", func() bool { return d.store.State("d").Preview == nil })
	if n := d.emptied.Load(); n != 2 {
		t.Errorf("emptied %d times", n)
	}
}

func until(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !yes(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func (d *door) empty(ctx context.Context, n slot.Name) error {
	if d.hold != nil {
		select {
		case <-d.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	d.emptied.Add(1)
	if d.stuck.Add(-1) >= 0 {
		return errors.New("the slot is stuck")
	}
	return d.store.UpdateState(n, func(s *slot.SlotState) error { s.Desired, s.Release = slot.DesiredEmpty, 0; return nil })
}
