package admin_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// call asks the JSON API with the token.
func (h *house) call(method, path, body string) (int, string) {
	h.t.Helper()
	res, text := h.send(h.browser(), method, path, body, "Authorization", "Bearer "+h.token, "Accept", "application/json", "Content-Type", "application/json")
	return res.StatusCode, text
}

// schema is a schema of the OpenAPI document.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Properties map[string]schema
	Required   []string
	Items      *schema
	Additional any `json:"additionalProperties"`
}

type openAPI struct {
	Paths map[string]map[string]struct {
		RequestBody any
		Responses   map[string]struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

// check compares a value with its schema.
func (o *openAPI) check(at string, s schema, v any) error {
	if s.Ref != "" {
		s = o.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	types, _ := s.Type.([]any)
	if word, ok := s.Type.(string); ok {
		types = []any{word}
	}
	switch v := v.(type) {
	case map[string]any:
		if !slices.Contains(types, any("object")) {
			return fmt.Errorf("%s is an object", at)
		}
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				return fmt.Errorf("%s has no %s", at, name)
			}
		}
		for name, value := range v {
			property, known := s.Properties[name]
			if !known && s.Additional == false {
				return fmt.Errorf("%s has %s, of which the document knows nothing", at, name)
			}
			if err := o.check(at+"."+name, property, value); known && err != nil {
				return err
			}
		}
	case []any:
		if s.Items == nil {
			return fmt.Errorf("%s is a list", at)
		}
		for i, value := range v {
			if err := o.check(fmt.Sprintf("%s[%d]", at, i), *s.Items, value); err != nil {
				return err
			}
		}
	case string:
		if !slices.Contains(types, any("string")) {
			return fmt.Errorf("%s is a text", at)
		}
	case float64:
		if !slices.Contains(types, any("integer")) && !slices.Contains(types, any("number")) {
			return fmt.Errorf("%s is a number", at)
		}
	case bool:
		if !slices.Contains(types, any("boolean")) {
			return fmt.Errorf("%s is a truth value", at)
		}
	case nil:
		return fmt.Errorf("%s is null", at)
	}
	return nil
}

func TestAPI_AnswersAsItsDocumentSays(t *testing.T) {
	h := newHouse(t)
	if err := h.logs["a"].Append(logs.Line{Stream: logs.Stdout, Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	d, err := h.store.BeginDeployment(slot.Deployment{Slot: "a", Action: slot.ActionDeploy, State: slot.DeploymentFailed})
	if err != nil {
		t.Fatal(err)
	}
	status, text := h.call("GET", "/api/openapi.json", "")
	var doc openAPI
	if err := json.Unmarshal([]byte(text), &doc); err != nil || status != http.StatusOK {
		t.Fatalf("the document: %d %v", status, err)
	}
	for _, path := range []string{"/api/slots", "/api/slots/{slot}", "/api/deploy/{slot}", "/api/restart/{slot}", "/api/deploy-all",
		"/api/logs/{slot}", "/api/processes", "/api/processes/{slot}", "/api/processes/{slot}/stop", "/api/deployments/history"} {
		if doc.Paths[path] == nil {
			t.Errorf("the document lacks %s", path)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			body := ""
			if op.RequestBody != nil {
				body = `{"branch":"main"}`
			}
			url := strings.NewReplacer("{slot}", "a", "{id}", fmt.Sprint(d.ID)).Replace(path)
			status, text := h.call(strings.ToUpper(method), url, body)
			want, ok := op.Responses["200"]
			if status != http.StatusOK {
				want, ok = op.Responses["default"]
			}
			var v any
			if err := json.Unmarshal([]byte(text), &v); err != nil || !ok {
				t.Errorf("%s %s: %d %v %s", method, path, status, err, text)
				continue
			}
			if err := doc.check(method+" "+path, want.Content["application/json"].Schema, v); err != nil {
				t.Errorf("%v (status %d): %s", err, status, text)
			}
			if method == "get" && status != http.StatusOK {
				t.Errorf("GET %s: %d %s", path, status, text)
			}
		}
	}
}

func TestAPI_SaysWithinWhichBoundsItTakesParameters(t *testing.T) {
	h := newHouse(t)
	_, text := h.call("GET", "/api/openapi.json", "")
	for _, part := range []string{`"enum":["a","b","c","d","e",""]`, `"pattern":"^[A-Ea-e]$"`, `"maximum":9223372036854775807`, `"maximum":100000,"minimum":0`,
		`"enum":["queued","running","live","failed","canceled","superseded",""]`, `{"in":"query","name":"no_cache","schema":{"type":"boolean"}}`} {
		if !strings.Contains(text, part) {
			t.Errorf("the document lacks %s", part)
		}
	}
	if _, text := h.call("GET", "/api/deployments/history", ""); !strings.Contains(text, `"deployments":[]`) {
		t.Errorf("an empty history: %s", text)
	}
}

func TestAPI_NeverTellsASecretAndTakesItBackHidden(t *testing.T) {
	h := newHouse(t)
	status, text := h.call("PUT", "/api/slots/a", `{"repository":"https://me:hunter22@example.com/x/y","environment":{"API_KEY":"hunter22","CACHE":"redis://:hunter22@127.0.0.1:1","PLAIN":"shown"},"monitoring":{"notify_url":"https://example.com/hunter22"}}`)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	for _, path := range []string{"/api/slots", "/api/slots/a", "/api/processes/a", "/config/a", "/slots", "/slots/a", "/settings"} {
		_, text := h.send(h.loggedIn(), "GET", path, "")
		if strings.Contains(text, "hunter22") {
			t.Errorf("GET %s tells a secret", path)
		}
	}
	_, text = h.call("GET", "/api/slots/a", "")
	var info struct{ Config json.RawMessage }
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		t.Fatal(err)
	}
	if status, text := h.call("PUT", "/api/slots/a", string(info.Config)); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	got := h.store.Config().Slots["a"]
	if got.Environment["API_KEY"] != "hunter22" || got.Environment["CACHE"] != "redis://:hunter22@127.0.0.1:1" || got.Repository != "https://me:hunter22@example.com/x/y" || got.Monitoring.NotifyURL != "https://example.com/hunter22" {
		t.Errorf("what was hidden is now %+v", got)
	}
}

func TestAPI_WritesDownWhichSettingsChanged(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"one", "two"} {
		if status, text := h.call("PUT", "/api/slots/a", `{"deployment":{"watch_paths":["`+path+`"]}}`); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	if _, text := h.send(h.loggedIn(), "GET", "/settings", ""); strings.Count(text, "a.deployment.watch_paths") != 2 {
		t.Error("a list that was changed counts as the same")
	}
}

func TestAPI_RefusesWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		method, path, body string
		want               int
		says               string
	}{
		{"PUT", "/api/slots/a", `{"brnch":"x"}`, 400, "brnch"},
		{"PUT", "/api/slots/a", `[]`, 400, "no JSON object"},
		{"PUT", "/api/slots/a", `{"repository":"https://example.com/a","Repository":"https://example.com/b"}`, 400, `unknown key \"Repository\"`},
		{"PUT", "/api/slots/a", `{"environment":{"A":"1"},"Environment":{"B":"2"}}`, 400, `unknown key \"Environment\"`},
		{"PUT", "/api/slots/a", `{"branch":"x","branch":"y"}`, 400, "branch"},
		{"PUT", "/api/slots/a", `{"branch":"a..b"}`, 400, "a..b"},
		{"PUT", "/api/slots/a", `{"environment":{"API_KEY":"********"}}`, 400, "never set"},
		{"PUT", "/api/slots/a", `{"environment":{"REDIS_URL":"********"}}`, 400, "never set"},
		{"PUT", "/api/slots/z", `{}`, 404, "z"},
		{"POST", "/api/deploy/a", "", 400, "no repository"},
		{"POST", "/api/restart/a", "", 404, "nothing was deployed"},
		{"POST", "/api/rollback/a?release=x", "", 400, "x"},
		{"GET", "/api/logs/a?lines=-1", "", 400, "-1"},
		{"GET", "/api/deployments/99", "", 404, "99"},
		{"GET", "/api/deployments/history?state=odd", "", 400, "odd"},
		{"GET", "/api/nothing", "", 404, "/api/nothing"},
		{"POST", "/api/deploy/a?no_cache=perhaps", "", 400, "perhaps"},
		{"TRACE", "/api/deploy-all", "", 405, "takes POST"},
		{"DELETE", "/api/slots/a", "", 405, "takes GET and PUT"},
		{"GET", "/api/deployments/99999999999999999999", "", 400, "99999999999999999999"},
	} {
		status, text := h.call(test.method, test.path, test.body)
		if status != test.want || !strings.Contains(text, test.says) {
			t.Errorf("%s %s: %d %s", test.method, test.path, status, text)
		}
	}
	if got := h.store.Config().Slots["a"]; got.Branch != "" || len(got.Environment) > 0 {
		t.Errorf("something was changed: %+v", got)
	}
}

func TestDashboard_TellsOfALostKeeper(t *testing.T) {
	h := newHouse(t)
	c := h.loggedIn()
	const told = "The keeper is lost."
	if _, body := h.send(c, "GET", "/slots", ""); strings.Contains(body, told) {
		t.Error("it is not")
	}
	h.alone = true
	if _, body := h.send(c, "GET", "/slots", ""); !strings.Contains(body, told) {
		t.Error("nothing tells of it")
	}
	if _, body := h.send(c, "GET", "/api/slots", ""); strings.Count(body, `"keeper_lost":true`) != 5 {
		t.Errorf("the JSON API says %s", body)
	}
}
