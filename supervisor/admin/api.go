package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/slot-paas/slot/internal/strictjson"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// call is one route of the JSON API. The routes and the OpenAPI document are
// made from the same list.
type call struct {
	Method, Path string
	Does         string
	Query        []string     // optional parameters
	Body, Answer reflect.Type // nil for none
	handler      handler
}

// calls lists the JSON API.
func (a *Admin) calls() []call {
	return []call{
		{"GET", "/api/slots", "All five slots with their configuration; values of secrets are hidden.", nil, nil, reflect.TypeFor[[]SlotInfo](), a.apiSlots},
		{"GET", "/api/slots/{slot}", "One slot.", nil, nil, reflect.TypeFor[SlotInfo](), a.onSlot(a.apiSlot)},
		{"PUT", "/api/slots/{slot}", "Changes the fields that are given. A map or list is replaced as a whole; a hidden value stays.", nil, reflect.TypeFor[slot.SlotConfig](), reflect.TypeFor[SlotInfo](), a.onSlot(a.apiSlotPut)},
		{"POST", "/api/deploy/{slot}", "Queues a deployment.", []string{"branch", "no_cache"}, nil, reflect.TypeFor[slot.Deployment](), a.onSlot(a.apiDeploy)},
		{"POST", "/api/restart/{slot}", "Restarts the live release.", nil, nil, reflect.TypeFor[slot.Deployment](), a.onSlot(a.apiRestart)},
		{"POST", "/api/rollback/{slot}", "Goes back to a kept release.", []string{"release"}, nil, reflect.TypeFor[slot.Deployment](), a.onSlot(a.apiRollback)},
		{"POST", "/api/deploy-all", "Queues a deployment of every slot that has a repository.", nil, nil, reflect.TypeFor[[]slot.Deployment](), a.apiDeployAll},
		{"GET", "/api/logs/{slot}", "The last lines of the app.", []string{"lines"}, nil, reflect.TypeFor[[]LogLine](), a.onSlot(a.apiLogs)},
		{"GET", "/api/processes", "What every slot takes now.", nil, nil, reflect.TypeFor[[]slot.Usage](), a.apiProcesses},
		{"GET", "/api/processes/{slot}", "All that is in force for a slot.", nil, nil, reflect.TypeFor[slot.Inspection](), a.onSlot(a.apiProcess)},
		{"POST", "/api/processes/{slot}/stop", "Stops a slot.", nil, nil, reflect.TypeFor[slot.Status](), a.onSlot(a.apiStop)},
		{"POST", "/api/processes/{slot}/start", "Starts a stopped slot.", nil, nil, reflect.TypeFor[slot.Deployment](), a.onSlot(a.apiStart)},
		{"GET", "/api/deployments/history", "Deployments, newest first, and statistics.", []string{"slot", "state"}, nil, reflect.TypeFor[History](), a.apiHistory},
		{"GET", "/api/deployments/{id}", "One deployment.", nil, nil, reflect.TypeFor[slot.Deployment](), a.apiDeployment},
		{"POST", "/api/deployments/{id}/cancel", "Cancels a deployment.", nil, nil, reflect.TypeFor[slot.Deployment](), a.apiCancel},
	}
}

// SlotInfo is a slot of the JSON API.
type SlotInfo struct {
	Slot   slot.Name       `json:"slot"`
	Status slot.Status     `json:"status"`
	Config slot.SlotConfig `json:"config"`
}

// LogLine is a line of a log.
type LogLine struct {
	Time   time.Time `json:"time"`
	Stream string    `json:"stream"`
	Text   string    `json:"text"`
}

// History is what was deployed.
type History struct {
	Deployments []slot.Deployment `json:"deployments"`
	Statistics  []slot.Statistics `json:"statistics"`
}

func (a *Admin) info(n slot.Name) SlotInfo {
	s := a.Store.Config().Slots[n]
	for name, value := range s.Environment { // a copy of the store's
		if slot.SecretVariable(name, value) {
			s.Environment[name] = kept
		}
	}
	if s.Monitoring.NotifyURL != "" {
		s.Monitoring.NotifyURL = kept
	}
	s.Repository = slot.RedactAddress(s.Repository)
	status := a.Engine.Status(n)
	status.KeeperLost = a.KeeperLost()
	return SlotInfo{n, status, s}
}

func (a *Admin) apiSlots(w http.ResponseWriter, _ *http.Request, _ caller) {
	if err := a.Store.Reload(); err != nil {
		a.fail(w, err, 0)
		return
	}
	all := []SlotInfo{}
	for _, n := range slot.Names() {
		all = append(all, a.info(n))
	}
	a.answer(w, all)
}

func (a *Admin) apiSlot(w http.ResponseWriter, _ *http.Request, _ caller, n slot.Name) {
	a.answer(w, a.info(n))
}

// apiSlotPut lays the body over the slot's configuration.
func (a *Admin) apiSlotPut(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		a.fail(w, badForm("the body cannot be read, or is too large"), 0)
		return
	}
	changed, wrong, err := a.saveConfig(n, func(cfg *slot.Config) map[string]*slot.Error {
		next, err := overlay(cfg.Slots[n], body)
		if err == nil {
			cfg.Slots[n] = next
			err = cfg.Validate()
		}
		if err != nil {
			return map[string]*slot.Error{"": slot.AsError(err)}
		}
		return nil
	})
	if err == nil && len(wrong) > 0 {
		err = wrong[""]
	}
	a.note(r, c, "save", n, fmt.Sprint(changed), err)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.answer(w, a.info(n))
}

func (a *Admin) apiLogs(w http.ResponseWriter, r *http.Request, _ caller, n slot.Name) {
	count := 200
	if v := r.URL.Query().Get("lines"); v != "" {
		var err error
		if count, err = strconv.Atoi(v); err != nil || count < 0 || count > maxLines {
			a.fail(w, badForm(fmt.Sprintf("lines is %q; want 0 to %d", v, maxLines)), 0)
			return
		}
	}
	last, err := a.Logs[n].Tail(count)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	all := make([]LogLine, 0, len(last))
	for _, l := range last {
		all = append(all, LogLine{l.Time, string(l.Stream), l.Text})
	}
	a.answer(w, all)
}

func (a *Admin) apiProcesses(w http.ResponseWriter, _ *http.Request, _ caller) {
	all := []slot.Usage{}
	for _, n := range slot.Names() {
		all = append(all, a.meter.of(n))
	}
	a.answer(w, all)
}

func (a *Admin) apiProcess(w http.ResponseWriter, _ *http.Request, _ caller, n slot.Name) {
	a.answer(w, a.Engine.Inspect(n))
}

func (a *Admin) apiHistory(w http.ResponseWriter, r *http.Request, _ caller) {
	q, err := historyQuery(r.URL.Query().Get("slot"), r.URL.Query().Get("state"))
	if err != nil {
		a.fail(w, err, http.StatusBadRequest)
		return
	}
	out := History{Deployments: append([]slot.Deployment{}, a.Store.FindDeployments(q)...), Statistics: []slot.Statistics{}}
	for _, n := range slot.Names() {
		if q.Slot == "" || q.Slot == n {
			out.Statistics = append(out.Statistics, slot.Summarize(n, a.Store.FindDeployments(store.Query{Slot: n})))
		}
	}
	a.answer(w, out)
}

func (a *Admin) apiDeployment(w http.ResponseWriter, r *http.Request, _ caller) {
	d, err := a.deployment(r)
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.answer(w, d)
}

// merge reads JSON into a copy of the configuration. encoding/json, which
// leaves what is not named, would take keys of other cases for one another.
func merge(body []byte, s *slot.SlotConfig) error {
	if err := strictjson.Decode(body, &slot.SlotConfig{}); err != nil {
		return err
	}
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	*s = slot.SlotConfig{} // lists and pointers are the caller's
	if err := json.Unmarshal(data, s); err != nil {
		return err
	}
	return json.Unmarshal(body, s)
}

// overlay lays JSON over a slot's configuration. What is hidden in answers may
// come back hidden, and stays as it is.
func overlay(s slot.SlotConfig, body []byte) (slot.SlotConfig, error) {
	before := s
	var given map[string]json.RawMessage
	if err := json.Unmarshal(body, &given); err != nil || given == nil {
		return s, badForm("the body is no JSON object")
	}
	for name := range given { // maps are replaced, not merged
		switch name {
		case "environment":
			s.Environment = nil
		case "versions":
			s.Versions = nil
		case "options":
			s.Options = nil
		}
	}
	if err := merge(body, &s); err != nil {
		return s, slot.E(slot.KindUsage, "", fmt.Errorf("cannot read the configuration: %w", err))
	}
	for name, value := range s.Environment {
		if value != kept {
			continue
		}
		old, was := before.Environment[name]
		if !was {
			return s, slot.E(slot.KindUsage, "", errors.New(name+" is hidden and was never set"))
		}
		s.Environment[name] = old
	}
	if s.Monitoring.NotifyURL == kept {
		s.Monitoring.NotifyURL = before.Monitoring.NotifyURL
	}
	if s.Repository == slot.RedactAddress(before.Repository) {
		s.Repository = before.Repository
	}
	return s, nil
}
