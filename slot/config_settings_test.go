package slot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/slot"
)

func TestSettings_HaveEveryFieldAndMarkDefaults(t *testing.T) {
	no := false
	c := slot.NewConfig()
	c.Slots["b"] = slot.SlotConfig{
		Branch: "dev", Environment: map[string]string{"B": "2", "A.x": "1"}, SPA: &no, Port: 4000, Restart: slot.RestartNever,
		HealthCheck: slot.HealthCheck{Timeout: slot.Duration(5 * time.Second)}, Build: slot.BuildConfig{Enabled: &no},
	}
	var lines []string
	for _, s := range c.Settings("b") {
		value, err := json.Marshal(s.Value)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %v %s", s.Path, value, s.Default, s.Note)))
	}
	want := []string{
		`b.repository null true none`, `b.branch "dev" false`, `b.root null true the top`,
		`b.environment.A.x "1" false`, `b.environment.B "2" false`, `b.port 4000 false`, `b.hook null true by detection`,
		`b.install null true the hook's own`, `b.build.enabled false false`, `b.build.command null true the hook's own`,
		`b.start null true the hook's own`, `b.static_root null true none`, `b.spa false false`,
		`b.versions null true what the app asks for`, `b.options null true none`,
		`b.health_check.enabled true true`, `b.health_check.path "/" true`, `b.health_check.timeout "5s" false`,
		`b.health_check.interval "250ms" true`, `b.deployment.keep 5 true`, `b.deployment.drain "30s" true`,
		`b.restart_policy "never" false`, `b.stop_timeout "10s" true`,
	}
	for _, w := range want { // other rooms add fields: those here stay
		if !strings.Contains("\n"+strings.Join(lines, "\n")+"\n", "\n"+w+"\n") {
			t.Errorf("no line %q in\n%s", w, strings.Join(lines, "\n"))
		}
	}
}

func TestChanges_NameWhatDiffers(t *testing.T) {
	yes := true
	before, after := slot.NewConfig(), slot.NewConfig()
	before.Slots["a"] = slot.SlotConfig{Branch: "main", Environment: map[string]string{"A": "1", "B": "2", "SAME": "x"}, SPA: &yes}
	after.Slots["a"] = slot.SlotConfig{Branch: "dev", Environment: map[string]string{"B": "3", "C": "4", "SAME": "x"}, Port: 4000}
	after.Slots["e"] = slot.SlotConfig{StopTimeout: slot.Duration(time.Second)}
	got, err := json.Marshal(slot.Changes(before, after))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"path":"a.branch","before":"main","after":"dev"},` +
		`{"path":"a.environment.B","before":"2","after":"3"},{"path":"a.environment.C","before":null,"after":"4"},` +
		`{"path":"a.port","before":null,"after":4000},` +
		`{"path":"a.environment.A","before":"1","after":null},{"path":"a.spa","before":true,"after":null},` +
		`{"path":"e.stop_timeout","before":null,"after":"1s"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if same := slot.Changes(after, after); len(same) != 0 {
		t.Errorf("got %+v", same)
	}
}

func TestSecret_IsOfVariablesOnly(t *testing.T) {
	for path, want := range map[string]bool{
		"a.environment.API_KEY": true, "a.environment.GREETING": false, "a.monitoring.notify_url": true, "a.options.api_key": false, "a.environment": false, "a": false,
	} {
		if slot.SecretSetting(path, "x") != want {
			t.Errorf("%s: got %v", path, !want)
		}
	}
	if !slot.SecretSetting("a.environment.CACHE", "redis://:pw@h") || slot.SecretSetting("a.repository", "https://u:pw@h/x") {
		t.Error("a password in a value counts for a variable, and for it alone")
	}
}
