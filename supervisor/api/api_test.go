package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/store"
)

func TestServer_RefusesWhoHasNotTheToken(t *testing.T) {
	d := newDaemon(t)
	for name, header := range map[string]string{
		"no header":       "",
		"no token":        "Bearer ",
		"a wrong token":   "Bearer " + strings.Repeat("0", len(d.store.Token())),
		"half a token":    "Bearer " + d.store.Token()[1:],
		"another scheme":  "Basic " + d.store.Token(),
		"a longer token":  "Bearer " + d.store.Token() + "0",
		"another spacing": "Bearer  " + d.store.Token(),
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/v1/version", "/v1/slots/a/env", "/nothing"} {
				status, e := d.send(t, http.MethodGet, path, header, nil)
				if status != http.StatusForbidden || e.Kind != slot.KindRefused {
					t.Errorf("%s answered %d, %v", path, status, e.Kind)
				}
			}
			if status, _ := d.send(t, http.MethodPost, "/v1/shutdown", header, nil); status != http.StatusForbidden {
				t.Errorf("shutdown answered %d", status)
			}
		})
	}
	select {
	case <-d.ended:
		t.Error("it was shut down")
	default:
	}
}

func TestServer_RefusesBadBodies(t *testing.T) {
	d := newDaemon(t)
	auth := "Bearer " + d.store.Token()
	huge := io.MultiReader(strings.NewReader(`{"set":{"A":"`), strings.NewReader(strings.Repeat("x", 17<<20)), strings.NewReader(`"}}`))
	for _, tt := range []struct {
		name, path string
		body       io.Reader
		want       string
	}{
		{"too large", "/v1/slots/a/env", huge, "more than 16777216 bytes"},
		{"an unknown field", "/v1/slots/a/env", strings.NewReader(`{"sett":{}}`), `unknown field "sett"`},
		{"no JSON", "/v1/config", strings.NewReader("set a.branch"), "cannot read the request"},
		{"torn JSON", "/v1/config", strings.NewReader(`{"set":{"a.br`), "cannot read the request"},
		{"nothing", "/v1/config", strings.NewReader(""), "cannot read the request"},
		{"another type", "/v1/config", strings.NewReader(`{"set":{"a.port":3}}`), "cannot read the request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, e := d.send(t, http.MethodPatch, tt.path, auth, tt.body)
			if status != http.StatusBadRequest || e.Kind != slot.KindUsage || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("answered %d %s: %v", status, e.Kind, &e)
			}
		})
	}
	if env, err := d.client.Env(t.Context(), "a"); err != nil || len(env) != 0 {
		t.Errorf("slot a has %v, %v", env, err)
	}
}

func TestClient_GetsTheDaemonsOwnErrors(t *testing.T) {
	d := newDaemon(t)
	ctx := t.Context()
	for _, tt := range []struct {
		name string
		call func() error
		kind slot.Kind
		text string
		hint string
	}{
		{"an unknown slot", func() error { _, err := d.client.Releases(ctx, "f"); return err }, slot.KindNotFound, `no slot "f"`, "a, b, c, d and e"},
		{"an unknown slot of a deployment", func() error { _, err := d.client.Submit(ctx, slot.Request{Slot: "f"}); return err }, slot.KindNotFound, `no slot "f"`, "a, b, c, d and e"},
		{"an unknown action", func() error { _, err := d.client.Submit(ctx, slot.Request{Slot: "a", Action: "x"}); return err }, slot.KindUsage, "unknown action", ""},
		{"no repository", func() error {
			_, err := d.client.Submit(ctx, slot.Request{Slot: "A", Action: slot.ActionDeploy})
			return err
		}, slot.KindUsage, "slot a has no repository", "slot deploy a"},
		{"nothing to restart", func() error {
			_, err := d.client.Submit(ctx, slot.Request{Slot: "a", Action: slot.ActionRestart})
			return err
		}, slot.KindNotFound, "nothing was deployed", "slot deploy a"},
		{"a one-off where nothing was deployed", func() error { _, err := d.client.OneOff(ctx, "a", 0); return err }, slot.KindNotFound, "nothing was deployed to slot a", "slot deploy a"},
		{"a one-off of an unknown release", func() error { _, err := d.client.OneOff(ctx, "a", 7); return err }, slot.KindNotFound, "no release 7", ""},
		{"a one-off of an unknown slot", func() error { _, err := d.client.OneOff(ctx, "f", 0); return err }, slot.KindNotFound, `no slot "f"`, "a, b, c, d and e"},
		{"a promotion from nothing", func() error {
			_, err := d.client.Submit(ctx, slot.Request{Slot: "a", Action: slot.ActionPromote, From: "b"})
			return err
		}, slot.KindNotFound, "nothing was deployed to slot b", "slot deploy b"},
		{"a promotion of itself", func() error {
			_, err := d.client.Submit(ctx, slot.Request{Slot: "a", Action: slot.ActionPromote, From: "A"})
			return err
		}, slot.KindUsage, "cannot be promoted to itself", "slot rollback a"},
		{"an unknown deployment", func() error { return d.client.Follow(ctx, 99, func(slot.Event) error { return nil }) }, slot.KindNotFound, "no deployment 99", "slot history"},
		{"the cancel of an unknown deployment", func() error { return d.client.Cancel(ctx, 99) }, slot.KindNotFound, "no deployment 99", "slot history"},
		{"the record of an unknown deployment", func() error { _, err := d.client.Deployment(ctx, 99); return err }, slot.KindNotFound, "no deployment 99", "slot history"},
		{"an unknown state", func() error {
			_, err := d.client.FindDeployments(ctx, store.Query{States: []slot.DeploymentState{"live", "good"}})
			return err
		}, slot.KindUsage, `no state "good"`, "superseded"},
		{"a variable that slot sets", func() error {
			_, err := d.client.ChangeEnv(ctx, "a", api.EnvChange{Set: map[string]string{"PORT": "1"}})
			return err
		}, slot.KindUsage, "PORT cannot be set", "SLOT_*"},
		{"a bad value of one setting among good ones", func() error {
			_, err := d.client.ChangeConfig(ctx, api.ConfigChange{Set: map[string]string{"a.branch": "main", "b.port": "80"}})
			return err
		}, slot.KindUsage, "slots.b.port", ""},
		{"an unknown backup", func() error { _, err := d.client.RestoreConfig(ctx, "../secrets.json"); return err }, slot.KindNotFound, "", ""},
		{"a negative number of lines", func() error { return d.client.Logs(ctx, "a", -1, false, nil) }, slot.KindUsage, "0 to 100000", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.call()
			var e *slot.Error
			if !errors.As(err, &e) || e.Kind != tt.kind || !strings.Contains(e.Error(), tt.text) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("got %#v", err)
			}
		})
	}
	if cfg, err := d.client.Config(ctx); err != nil || cfg.Slots["a"].Branch != "" {
		t.Errorf("the configuration changed: %+v, %v", cfg.Slots["a"], err)
	}
}

func TestClient_FindsDeployments(t *testing.T) {
	d := newDaemon(t)
	noon := time.Date(2026, 5, 1, 12, 0, 0, 500, time.UTC)
	for i, state := range []slot.DeploymentState{"live", "failed", "canceled", "failed"} {
		_, err := d.store.BeginDeployment(slot.Deployment{Slot: slot.Names()[i/3], State: state, RequestedAt: noon.Add(time.Duration(i) * time.Second)})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, row := range map[string]struct {
		query store.Query
		want  string
	}{
		"all": {store.Query{}, "4 3 2 1"}, "two": {store.Query{Limit: 2}, "4 3"}, "slot b": {store.Query{Slot: "b"}, "4"},
		"since":      {store.Query{Since: noon.Add(2 * time.Second)}, "4 3"},
		"two states": {store.Query{States: []slot.DeploymentState{"failed", "live"}}, "4 2 1"},
		"none":       {store.Query{States: []slot.DeploymentState{"queued"}}, ""},
	} {
		all, err := d.client.FindDeployments(t.Context(), row.query)
		var ids []string
		for _, found := range all {
			ids = append(ids, fmt.Sprint(found.ID))
		}
		if err != nil || all == nil || strings.Join(ids, " ") != row.want {
			t.Errorf("%s: got %q, %v", name, ids, err)
		}
	}
	if one, err := d.client.Deployment(t.Context(), 3); err != nil || one.State != "canceled" {
		t.Errorf("got %+v, %v", one, err)
	}
}

func TestClient_ReadsAndChangesWhatTheRoomsHave(t *testing.T) {
	d := newDaemon(t)
	ctx := t.Context()
	if v, err := d.client.Version(ctx); err != nil || v.Version != "1.2.3" || v.Home != d.home || v.PID != os.Getpid() {
		t.Errorf("version %+v, %v", v, err)
	}
	if all, err := d.client.Status(ctx); err != nil || len(all) != 5 || all[4].Slot != "e" {
		t.Errorf("status %+v, %v", all, err)
	}
	value := "\"$HOME\"\n`id`\t<b>&\u2028"
	out, err := d.client.ChangeEnv(ctx, "a", api.EnvChange{Set: map[string]string{"A": value, "B": ""}})
	if err != nil || strings.Join(out.Changed, " ") != "A B" || out.Deployment != nil {
		t.Errorf("env set gave %+v, %v", out, err)
	}
	if env, err := d.client.Env(ctx, "a"); err != nil || env["A"] != value {
		t.Errorf("the value came back as %q, %v", env["A"], err)
	}
	if _, err := d.client.ChangeConfig(ctx, api.ConfigChange{Set: map[string]string{"a.branch": "dev"}}); err != nil {
		t.Fatal(err)
	}
	if cfg, err := d.client.Config(ctx); err != nil || cfg.Slots["a"].Branch != "dev" {
		t.Errorf("config %+v, %v", cfg, err)
	}
	if err := d.client.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	<-d.ended
}

func TestLogs_FollowsUntilTheCallerHasEnough(t *testing.T) {
	d := newDaemon(t)
	if err := d.logs["a"].Append(logs.Line{Stream: logs.Slot, Text: "before"}); err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	var got []string
	err := d.client.Logs(t.Context(), "a", 10, true, func(l logs.Line) error {
		got = append(got, l.Text)
		if l.Text == "before" {
			return d.logs["a"].Append(logs.Line{Stream: logs.Slot, Text: "after"})
		}
		return enough
	})
	if !errors.Is(err, enough) || strings.Join(got, " ") != "before after" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestLogs_EndsWithTheCallersContext(t *testing.T) {
	d := newDaemon(t)
	if err := d.logs["a"].Append(logs.Line{Stream: logs.Slot, Text: "one"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := d.client.Logs(ctx, "a", 10, true, func(logs.Line) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestClient_CallsABrokenStreamUnreachable(t *testing.T) {
	d := newDaemon(t)
	if err := d.logs["a"].Append(logs.Line{Stream: logs.Slot, Text: "one"}); err != nil {
		t.Fatal(err)
	}
	err := d.client.Logs(t.Context(), "a", 10, true, func(logs.Line) error { return d.server.Close() })
	if slot.AsError(err).Kind != slot.KindUnreachable {
		t.Errorf("got %v", err)
	}
}

func TestClient_CallsAnAbsentDaemonUnreachable(t *testing.T) {
	if _, err := api.Dial(t.TempDir() + "/none"); slot.AsError(err).Kind != slot.KindUnreachable {
		t.Errorf("a folder that was never used: %v", err)
	}
	d := newDaemon(t)
	d.server.Close()
	_, err := d.client.Version(t.Context())
	if e := slot.AsError(err); e.Kind != slot.KindUnreachable || !strings.Contains(e.Hint, "slot up") || !strings.Contains(e.Error(), d.home) {
		t.Errorf("got %v", err)
	}
}

func TestClient_DoesNotTakeAStrangersAnswerForTheDaemons(t *testing.T) {
	d := newDaemon(t)
	d.server.Close()
	d.serve(t, &http.Server{Handler: http.NotFoundHandler()})
	if _, err := d.client.Version(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v", err)
	}
}
