package host_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

func TestDetect_SaysWhatIsMissingWhenNothingMatches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		files      map[string]string
		root       string
		want, hint string
	}{
		{"empty", nil, "", "the repository is empty", "commit the app"},
		{"only a Dockerfile", map[string]string{"Dockerfile": "FROM x"}, "", "does not build images", "Procfile"},
		{"something else", map[string]string{"README.md": "x"}, "", "the repository has none of go.mod", "Procfile"},
		{"one app below", map[string]string{"README.md": "x", "apps/web/package.json": "{}"}, "", "apps/web looks like an app", "slot config set a.root=apps/web, then slot deploy a"},
		{"two apps below", map[string]string{"a/index.html": "x", "b/go.mod": "module x"}, "", "a, b look like apps", "slot config set a.root=a, then slot deploy a; or another of them"},
		{"app below a root", map[string]string{"apps/x/y/index.html": ""}, "apps", "the folder apps has none of", "slot config set a.root=apps/x/y, then slot deploy a"},
		{"no such root", map[string]string{"README.md": "x"}, "web", `no folder "web"`, "root"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			write(t, dir, tt.files)
			app := request(dir, "").App
			if tt.root != "" {
				app.AppDir += "/" + tt.root
			}
			_, err := h.Detect(t.Context(), app, "")
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(slot.AsError(err).Hint, tt.hint) {
				t.Errorf("got %v, hint %q", err, slot.AsError(err).Hint)
			}
			if slot.AsError(err).Kind != slot.KindFailed {
				t.Errorf("got kind %v", slot.AsError(err).Kind)
			}
		})
	}
}

func TestDetect_OrdersByScoreAndLaysTheProcfileOver(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t)
	write(t, dir, map[string]string{"index.html": "x", "Procfile": "worker: ./work $PORT\n"})
	got, err := h.Detect(t.Context(), request(dir, "").App, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Hook != "static" || got[1].Hook != "procfile" {
		t.Fatalf("got %+v", got)
	}
	want := slot.LaunchPlan{
		Static:    &slot.StaticSite{Root: "."},
		Processes: []slot.Process{{Type: "worker", Shell: "./work $PORT"}},
	}
	if diff := cmp.Diff(want, got[0].Preview); diff != "" {
		t.Error(diff)
	}
}

func TestDetect_NamedHookIsTheOnlyOneAsked(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "refuses")
	write(t, dir, map[string]string{"index.html": "x", "Procfile": "web: x\n"})
	app := request(dir, "").App
	if got, err := h.Detect(t.Context(), app, "static"); err != nil || len(got) != 1 || got[0].Hook != "static" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := h.Detect(t.Context(), app, "refuses"); err == nil || !strings.Contains(err.Error(), "out of ideas") {
		t.Errorf("got %v", err)
	}
	if _, err := h.Detect(t.Context(), app, "cobol"); slot.AsError(err).Kind != slot.KindNotFound {
		t.Errorf("got %v", err)
	}
}

func TestDetect_ReportsAndSkipsHooksThatCannotAnswer(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "refuses", "slow")
	install(t, dir, "stranger")
	write(t, dir, map[string]string{"index.html": "x"})
	got, err := h.Detect(t.Context(), request(dir, "").App, "")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, d := range got[1:] {
		seen[d.Hook] = d.Diagnostics[0].Summary
	}
	if got[0].Hook != "static" || !strings.Contains(seen["refuses"], "out of ideas") ||
		!strings.Contains(seen["slow"], "took too long") || !strings.Contains(seen["stranger"], "not trusted yet") {
		t.Errorf("got %+v", got)
	}
}

func TestList_ShowsWhatOverridesABuiltIn(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "node")
	install(t, dir, "stranger")
	install(t, dir, "Bad_Name")
	type row struct {
		Name      string
		Trust     host.Trust
		Overrides bool
		Active    bool
	}
	var got []row
	for _, i := range h.List(t.Context()) {
		got = append(got, row{i.Name, i.Trust, i.Overrides, i.Active})
	}
	want := []row{
		{"go", host.TrustBuiltin, false, true},
		{"rust", host.TrustBuiltin, false, true},
		{"java", host.TrustBuiltin, false, true},
		{"python", host.TrustBuiltin, false, true},
		{"ruby", host.TrustBuiltin, false, true},
		{"php", host.TrustBuiltin, false, true},
		{"deno", host.TrustBuiltin, false, true},
		{"bun", host.TrustBuiltin, false, true},
		{"node", host.TrustBuiltin, false, false},
		{"static", host.TrustBuiltin, false, true},
		{"procfile", host.TrustBuiltin, false, true},
		{"node", host.TrustGiven, true, true},
		{"stranger", host.TrustUnknown, false, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The built-in hooks answer from one process; what breaks that process costs
// no hook its answer.
func TestDetect_AsksOneByOneWhenAllAtOnceBreaks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := options(dir)
	script := filepath.Join(dir, "slot")
	text := fmt.Sprintf("#!/bin/sh\n[ $# -le 2 ] || { echo broken >&2; exit 3; }\nexec %s \"$@\"\n", o.SelfExe)
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	o.SelfExe = script
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	write(t, dir, map[string]string{"index.html": "x"})
	got, err := h.Detect(t.Context(), request(dir, "").App, "")
	if err != nil || len(got) != 1 || got[0].Hook != "static" {
		t.Errorf("got %+v, %v", got, err)
	}
}
