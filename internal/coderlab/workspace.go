package coderlab

import (
	"context"
	"strings"
	"testing"
	"time"
)

// Workspace is one that a user has.
type Workspace struct {
	ID    string
	Name  string
	Owner *User
	lab   *Lab
}

// Build is one of a workspace: a start, a stop or a deletion.
type Build struct {
	ID         string `json:"id"`
	Number     int    `json:"build_number"`
	Transition string `json:"transition"`
	VersionID  string `json:"template_version_id"`
	Job        struct {
		Status string `json:"status"`
		Error  string `json:"error"`
	} `json:"job"`
	Resources []struct {
		Agents []Agent `json:"agents"`
	} `json:"resources"`
}

// Agent is one of a build's.
type Agent struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Status    string `json:"status"`          // connected
	Lifecycle string `json:"lifecycle_state"` // ready, start_error
	Apps      []App  `json:"apps"`
}

// App is a link of the dashboard.
type App struct {
	Slug   string `json:"slug"`
	Name   string `json:"display_name"`
	URL    string `json:"url"`
	Host   string `json:"subdomain_name"`
	Share  string `json:"sharing_level"`
	Health string `json:"health"`
}

// Agents of all resources.
func (b Build) Agents() (all []Agent) {
	for _, r := range b.Resources {
		all = append(all, r.Agents...)
	}
	return all
}

// Apps of all agents, by slug.
func (b Build) Apps() map[string]App {
	all := map[string]App{}
	for _, a := range b.Agents() {
		for _, app := range a.Apps {
			all[app.Slug] = app
		}
	}
	return all
}

// Workspace creates one and waits until its agent has run the startup script.
func (u *User) Workspace(t testing.TB, template, name string, parameters map[string]string) *Workspace {
	t.Helper()
	var tpl struct {
		ID string `json:"id"`
	}
	if err := u.Call(t.Context(), "GET", "/organizations/default/templates/"+template, nil, &tpl); err != nil {
		t.Fatalf("cannot find template %q: %v", template, err)
	}
	in := map[string]any{"name": name, "template_id": tpl.ID, "rich_parameter_values": values(parameters)}
	if err := u.Call(t.Context(), "POST", "/users/me/workspaces", in, nil); err != nil {
		t.Fatalf("cannot create workspace %q: %v", name, err)
	}
	return u.Find(t, name)
}

// Find returns a workspace that was created by other means, when its agent has
// run the startup script.
func (u *User) Find(t testing.TB, name string) *Workspace {
	t.Helper()
	var found struct {
		ID    string `json:"id"`
		Build Build  `json:"latest_build"`
	}
	if err := u.Call(t.Context(), "GET", "/users/me/workspace/"+name, nil, &found); err != nil {
		t.Fatalf("cannot find workspace %q: %v", name, err)
	}
	ws := &Workspace{ID: found.ID, Name: name, Owner: u, lab: u.lab}
	if b := ws.Await(t, found.Build.ID); b.Job.Status != "succeeded" {
		t.Fatalf("workspace %q: the build %s: %s", name, b.Job.Status, b.Job.Error)
	}
	ws.Ready(t)
	u.lab.step(t, "workspace "+u.Name+"/"+name+" is ready")
	return ws
}

// values are parameters as the API wants them.
func values(parameters map[string]string) []map[string]string {
	list := []map[string]string{}
	for name, value := range parameters {
		list = append(list, map[string]string{"name": name, "value": value})
	}
	return list
}

// BuildRequest is what a build shall do.
type BuildRequest struct {
	Transition string            // start, stop, delete
	Version    string            // of the template; empty: the one the workspace has
	Parameters map[string]string // those that change
}

// Build asks for a build as somebody, and does not wait for it. A refusal is
// an *APIError.
func (ws *Workspace) Build(ctx context.Context, as *User, r BuildRequest) (b Build, err error) {
	in := map[string]any{"transition": r.Transition, "rich_parameter_values": values(r.Parameters)}
	if r.Version != "" {
		in["template_version_id"] = r.Version
	}
	return b, as.Call(ctx, "POST", "/workspaces/"+ws.ID+"/builds", in, &b)
}

// Start is Build, with the parameters changed, as the owner.
func (ws *Workspace) Start(ctx context.Context, parameters map[string]string) (Build, error) {
	return ws.Build(ctx, ws.Owner, BuildRequest{Transition: "start", Parameters: parameters})
}

// Stop stops the workspace and waits for that.
func (ws *Workspace) Stop(t testing.TB) {
	t.Helper()
	b, err := ws.Build(t.Context(), ws.Owner, BuildRequest{Transition: "stop"})
	if err != nil {
		t.Fatal(err)
	}
	if b = ws.Await(t, b.ID); b.Job.Status != "succeeded" {
		t.Fatalf("the stop %s: %s", b.Job.Status, b.Job.Error)
	}
}

// Latest returns the newest build.
func (ws *Workspace) Latest(t testing.TB) Build {
	t.Helper()
	var got struct {
		Build Build `json:"latest_build"`
	}
	if err := ws.Owner.Call(t.Context(), "GET", "/workspaces/"+ws.ID, nil, &got); err != nil {
		t.Fatal(err)
	}
	return got.Build
}

// Await waits until a build has ended, well or not.
func (ws *Workspace) Await(t testing.TB, id string) (b Build) {
	t.Helper()
	Poll(t, "the build ends", func() bool {
		b = Build{}
		if err := ws.Owner.Call(t.Context(), "GET", "/workspacebuilds/"+id, nil, &b); err != nil {
			t.Fatal(err)
		}
		switch b.Job.Status {
		case "succeeded", "failed", "canceled":
			return true
		}
		return false
	})
	return b
}

// Ready waits until the agent of the newest build is connected and has run its
// startup script.
func (ws *Workspace) Ready(t testing.TB) (b Build) {
	t.Helper()
	Poll(t, "the agent is ready", func() bool {
		b = ws.Latest(t)
		for _, a := range b.Agents() {
			if strings.HasSuffix(a.Lifecycle, "_error") || strings.HasSuffix(a.Lifecycle, "_timeout") {
				t.Fatalf("agent of %s/%s: %s", ws.Owner.Name, ws.Name, a.Lifecycle)
			}
			if a.Status != "connected" || a.Lifecycle != "ready" {
				return false
			}
		}
		return len(b.Agents()) > 0
	})
	return b
}

// patience is for a machine that has much else to do.
const patience = 3 * time.Minute

// Poll asks until yes, and fails the test after three minutes.
func Poll(t testing.TB, what string, ask func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for !ask() {
		select {
		case <-deadline:
			t.Fatalf("not after %v: %s", patience, what)
		case <-time.After(30 * time.Millisecond):
		}
	}
}
