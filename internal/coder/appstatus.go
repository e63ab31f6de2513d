package coder

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// AppState is how Coder's dashboard shows the status of an app.
type AppState string

// The states that Coder knows, of those that slot tells.
const (
	AppWorking  AppState = "working"
	AppComplete AppState = "complete"
	AppFailure  AppState = "failure"
	AppIdle     AppState = "idle"
)

// AppStatus is what the dashboard shows of one app.
type AppStatus struct {
	Slug    string   `json:"app_slug"`
	State   AppState `json:"state"`
	Message string   `json:"message"` // cut to what Coder takes
	URI     string   `json:"uri"`
}

// maxMessage is one less than 160 characters, of which Coder takes fewer.
const maxMessage = 159

// AgentAccess names the workspace's agent at its server: what an app status is told
// by. Its token is no session and opens nothing of the user's.
type AgentAccess struct{ Server, Token string }

// AgentFromEnv is the agent that started this program; false outside Coder.
func AgentFromEnv(getenv func(string) string) (AgentAccess, bool) {
	a := AgentAccess{Server: strings.TrimRight(getenv("CODER_AGENT_URL"), "/"), Token: getenv("CODER_AGENT_TOKEN")}
	return a, a.Server != "" && a.Token != ""
}

// StatusError is the server's refusal of a status.
type StatusError struct {
	Code int
	Text string
}

func (e *StatusError) Error() string { return fmt.Sprintf("Coder says %d: %s", e.Code, e.Text) }

// statusTimeout bounds one telling: the dashboard can wait, the daemon not.
const statusTimeout = 10 * time.Second

// Tell shows the status on the dashboard. A refusal is a *StatusError, which
// is 401 for a token that a build has replaced and 400 for a slug that the
// workspace does not have.
func (a AgentAccess) Tell(ctx context.Context, s AppStatus) error {
	if r := []rune(s.Message); len(r) > maxMessage {
		s.Message = string(r[:maxMessage-1]) + "…"
	}
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, a.Server+"/api/v2/workspaceagents/me/app-status", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Coder-Session-Token", a.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return cause(err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		return nil
	}
	var said struct {
		Message string `json:"message"`
	}
	text, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if json.Unmarshal(text, &said) != nil {
		said.Message = http.StatusText(res.StatusCode)
	}
	return &StatusError{res.StatusCode, said.Message}
}
