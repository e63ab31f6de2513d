package admin_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestConfig_SavesAFormAndSaysWhatIsWrongBesideTheField(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	res, body := h.send(c, "POST", "/config/a", form("repository", "https://example.com/me/app", "branch", "a..b", "deployment.keep", "3"))
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `id="e-branch"`) || !strings.Contains(body, "is not a name for a branch") || !strings.Contains(body, `value="a..b"`) {
		t.Fatalf("answered %d, without what is wrong", res.StatusCode)
	}
	if h.store.Config().Slots["a"].Repository != "" {
		t.Error("a part of a wrong form was saved")
	}
	res, _ = h.send(c, "POST", "/config/a", form("repository", "https://example.com/me/app", "branch", "main", "deployment.keep", "3",
		"deployment.watch_paths", "apps/web/**\r\nshared/**", "deployment.on_push", "false", "deployment.pre_deploy_hooks", "echo a, b"))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("a good form: %d", res.StatusCode)
	}
	got := h.store.Config().Slots["a"]
	if got.Branch != "main" || got.Deployment.Keep != 3 || len(got.Deployment.WatchPaths) != 2 || *got.Deployment.OnPush || len(got.Deployment.PreDeployHooks) != 1 {
		t.Errorf("saved %+v", got)
	}
	if _, body := h.send(c, "GET", "/config/a", ""); !strings.Contains(body, "Saved.") || !strings.Contains(body, "shared/**") {
		t.Error("the page does not show what was saved")
	}
}

func TestConfig_TakesEveryLimit(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	res, _ := h.send(c, "POST", "/config/a", form("memory_limit", "512M", "open_files", "1024", "processes", "64", "max_restarts", "5", "sleep_after", "30m"))
	if got := h.store.Config().Slots["a"]; res.StatusCode != http.StatusSeeOther || got.OpenFiles != 1024 || got.Processes != 64 || got.MaxRestarts != 5 {
		t.Errorf("%d, saved %+v", res.StatusCode, got)
	}
	if _, body := h.send(c, "POST", "/config/a", form("processes", "many")); !strings.Contains(body, `id="e-processes"`) {
		t.Error("a wrong number is not told beside its field")
	}
	if h.send(c, "POST", "/config/a", form("max_restarts", "")); h.store.Config().Slots["a"].MaxRestarts != 0 {
		t.Error("an empty field does not unset")
	}
}

func TestConfig_TakesPairsAndWhatAsksARunningApp(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	res, body := h.send(c, "POST", "/config/a", form("versions", "node = 22\r\nnpm=10", "options", "module=shop.wsgi", "app_protocol", "h2c",
		"health_check.liveness.path", "/healthz", "health_check.liveness.interval", "20s", "health_check.liveness.failures", "5"))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	got := h.store.Config().Slots["a"]
	if got.Versions["node"] != "22" || len(got.Versions) != 2 || got.Options["module"] != "shop.wsgi" || got.AppProtocol != slot.ProtocolH2C ||
		got.HealthCheck.Liveness.Path != "/healthz" || got.HealthCheck.Liveness.Failures != 5 {
		t.Errorf("saved %+v", got)
	}
	if _, body := h.send(c, "GET", "/config/a", ""); !strings.Contains(body, "node=22\nnpm=10</textarea>") {
		t.Error("the page does not show the pairs")
	}
	if _, body := h.send(c, "POST", "/config/a", form("health_check.liveness.failures", "500")); !strings.Contains(body, "1 to 100") {
		t.Error("a wrong number is not told")
	}
	h.send(c, "POST", "/config/a", form("versions", ""))
	if got := h.store.Config().Slots["a"]; len(got.Versions) != 0 {
		t.Errorf("an empty field leaves %v", got.Versions)
	}
}

func TestConfig_SecretsAreWriteOnly(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	save := func(pairs ...string) {
		t.Helper()
		if res, body := h.send(c, "POST", "/config/a", form(append([]string{"env", "1"}, pairs...)...)); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	save("env_name", "API_KEY", "env_value", "hunter22", "env_name", "PLAIN", "env_value", "one", "env_paste", "FROM_FILE='a b'\nPLAIN=two\nCACHE=redis://:hunter22@127.0.0.1")
	if _, body := h.send(c, "GET", "/config/a", ""); strings.Contains(body, "hunter22") || !strings.Contains(body, "kept as it is") {
		t.Error("the page shows a secret")
	}
	save("env_name", "API_KEY", "env_value", "", "env_name", "PLAIN", "env_value", "", "env_name", "FROM_FILE", "env_value", "x", "env_remove", "FROM_FILE", "env_name", "CACHE", "env_value", "")
	got := h.store.Config().Slots["a"].Environment
	if got["API_KEY"] != "hunter22" || got["PLAIN"] != "" || got["CACHE"] != "redis://:hunter22@127.0.0.1" || len(got) != 3 {
		t.Errorf("variables are %v", got)
	}
	save("monitoring.notify_url", "https://example.com/hunter22")
	save("monitoring.notify_url", "")
	if got := h.store.Config().Slots["a"].Monitoring.NotifyURL; got != "https://example.com/hunter22" {
		t.Errorf("the address is %q", got)
	}
	if _, body := h.send(c, "GET", "/config/a", ""); strings.Contains(body, "hunter22") {
		t.Error("the page shows the address")
	}
	save("monitoring.notify_url", "", "remove", "monitoring.notify_url")
	if got := h.store.Config().Slots["a"].Monitoring.NotifyURL; got != "" {
		t.Errorf("the address that was removed is %q", got)
	}
	res, body := h.send(c, "POST", "/config/a", form("env", "1", "env_name", "PORT", "env_value", "1"), "Accept", "application/json")
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "PORT cannot be set") {
		t.Errorf("a reserved name: %d %s", res.StatusCode, body)
	}
}

func TestConfig_DraftsAreKeptWithoutSecrets(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	draft := form("env", "1", "branch", "next", "env_name", "API_KEY", "env_value", "hunter22", "env_name", "CACHE", "env_value", "redis://:hunter22@h", "env_paste", "TOKEN=hunter22")
	if res, body := h.send(c, "POST", "/config/a/draft", draft); res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	data, err := os.ReadFile(filepath.Join(h.store.Layout().Admin(), "draft-a.json"))
	if err != nil || strings.Contains(string(data), "hunter22") {
		t.Errorf("the draft: %v %s", err, data)
	}
	_, body := h.send(c, "GET", "/config/a", "")
	if !strings.Contains(body, `value="next"`) || !strings.Contains(body, "This is a draft") || h.store.Config().Slots["a"].Branch != "" {
		t.Error("the page does not show the draft, or it holds already")
	}
	h.send(c, "POST", "/config/a/discard", "x=1")
	if _, body := h.send(c, "GET", "/config/a", ""); strings.Contains(body, `value="next"`) {
		t.Error("the draft was not discarded")
	}
}

func TestConfig_SaysWhetherARepositoryCanBeReached(t *testing.T) {
	h := newHouse(t)
	for address, want := range map[string]string{
		t.TempDir():                  `"reachable":true`,
		"/no/such/folder":            "there is no folder",
		"ext::sh -c x":               "is not a repository",
		"file:///no/such/repository": `"error"`,
	} {
		if _, body := h.send(h.loggedIn(), "POST", "/config/a/repository", form("repository", address)); !strings.Contains(body, want) {
			t.Errorf("%s: %s", address, body)
		}
	}
}
