// Package coderapi speaks with a Coder server by Coder's own client and gives
// its answers in the words of internal/coder. Client is the only file that
// knows that client, and only slot-coder is linked with it: it doubles the
// memory of a process that merely starts (docs/decisions/0035). A Client holds
// no connection between calls and needs no closing.
package coderapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/coder/v2/codersdk"
	"github.com/google/uuid"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// Client asks one server in the name of one token. Safe for concurrent use.
type Client struct {
	c      *codersdk.Client
	server string
}

// New returns a client; the first call tells whether server and token are
// right. The token appears in no error.
func New(server, token string) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, slot.E(slot.KindUsage, "give it as https://coder.example.com", fmt.Errorf("the address of Coder is %q; want a URL", server))
	}
	c := codersdk.New(u)
	c.SetSessionToken(token)
	return &Client{c: c, server: server}, nil
}

// Workspace returns the workspace; owner "me" is whom the token belongs to.
func (c *Client) Workspace(ctx context.Context, owner, name string) (coder.Workspace, error) {
	ws, err := c.c.WorkspaceByOwnerAndName(ctx, owner, name, codersdk.WorkspaceOptions{})
	if err != nil {
		return coder.Workspace{}, c.explain(fmt.Sprintf("cannot find the workspace %q", owner+"/"+name), err)
	}
	out := coder.Workspace{
		ID: ws.ID.String(), Owner: ws.OwnerName, Name: ws.Name,
		Version:  ws.LatestBuild.TemplateVersionID.String(),
		Build:    build(ws.LatestBuild),
		Deadline: ws.LatestBuild.Deadline.Time, MaxDeadline: ws.LatestBuild.MaxDeadline.Time,
	}
	for _, r := range ws.LatestBuild.Resources {
		if len(r.Agents) == 0 {
			continue
		}
		a := r.Agents[0] // slot's template has one
		out.Agent = coder.Agent{
			Name: a.Name, Connected: a.Status == codersdk.WorkspaceAgentConnected,
			Ready: !a.LifecycleState.Starting(),
		}
		for _, app := range a.Apps {
			out.Apps = append(out.Apps, coder.App{
				Slug: app.Slug, Name: app.DisplayName, Label: app.SubdomainName, URL: app.URL, Share: string(app.SharingLevel),
			})
		}
		break
	}
	return out, nil
}

// AppHost is the wildcard host of apps, such as "*.coder.example.com"; empty
// where the server has none.
func (c *Client) AppHost(ctx context.Context) (string, error) {
	h, err := c.c.AppHost(ctx)
	if err != nil {
		return "", c.explain("cannot ask for the host of apps", err)
	}
	return h.Host, nil
}

// Parameters returns the parameters of the template version that the
// workspace runs, in the template's order, with the values of its last build.
func (c *Client) Parameters(ctx context.Context, ws coder.Workspace) ([]coder.Parameter, error) {
	version, err := uuid.Parse(ws.Version)
	if err != nil {
		return nil, err
	}
	defs, err := c.c.TemplateVersionRichParameters(ctx, version)
	if err != nil {
		return nil, c.explain("cannot read the template's parameters", err)
	}
	id, err := uuid.Parse(ws.Build.ID)
	if err != nil {
		return nil, err
	}
	values, err := c.c.WorkspaceBuildParameters(ctx, id)
	if err != nil {
		return nil, c.explain("cannot read the workspace's parameters", err)
	}
	has := map[string]string{}
	for _, v := range values {
		has[v.Name] = v.Value
	}
	out := make([]coder.Parameter, len(defs))
	for i, d := range defs {
		out[i] = parameter(d)
		if v, ok := has[d.Name]; ok {
			out[i].Value = v
		}
	}
	return out, nil
}

func parameter(d codersdk.TemplateVersionParameter) coder.Parameter {
	p := coder.Parameter{
		Name: d.Name, DisplayName: d.DisplayName, Description: d.DescriptionPlaintext, Type: d.Type,
		Value: d.DefaultValue, Default: d.DefaultValue,
		Mutable: d.Mutable, Ephemeral: d.Ephemeral, Required: d.Required, Multiple: d.FormType == "multi-select",
		Regex: d.ValidationRegex, Message: d.ValidationError, Monotonic: string(d.ValidationMonotonic),
		Min: number(d.ValidationMin), Max: number(d.ValidationMax),
	}
	for _, o := range d.Options {
		p.Options = append(p.Options, coder.Option{Name: o.Name, Value: o.Value})
	}
	return p
}

func number(n *int32) *int {
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}

// Start queues a build that starts the workspace on its template version with
// the changed values; the others are kept. It does not wait.
func (c *Client) Start(ctx context.Context, ws coder.Workspace, changes []coder.Change) (coder.Build, error) {
	id, err := uuid.Parse(ws.ID)
	if err != nil {
		return coder.Build{}, err
	}
	version, err := uuid.Parse(ws.Version)
	if err != nil {
		return coder.Build{}, err
	}
	var values []codersdk.WorkspaceBuildParameter
	for _, ch := range changes {
		values = append(values, codersdk.WorkspaceBuildParameter{Name: ch.Name, Value: ch.To})
	}
	b, err := c.c.CreateWorkspaceBuild(ctx, id, codersdk.CreateWorkspaceBuildRequest{
		Transition: codersdk.WorkspaceTransitionStart, TemplateVersionID: version,
		RichParameterValues: values, Reason: codersdk.CreateWorkspaceBuildReasonCLI,
	})
	if err != nil {
		return coder.Build{}, c.explain("cannot queue the build", err)
	}
	return build(b), nil
}

// Build returns how far a build is.
func (c *Client) Build(ctx context.Context, id string) (coder.Build, error) {
	u, err := uuid.Parse(id)
	if err != nil {
		return coder.Build{}, err
	}
	b, err := c.c.WorkspaceBuild(ctx, u)
	if err != nil {
		return coder.Build{}, c.explain("cannot ask for the build", err)
	}
	return build(b), nil
}

// Follow sends the build's log from its beginning and returns when the log,
// the connection or ctx ends; Build tells which it was.
func (c *Client) Follow(ctx context.Context, id string, send func(coder.LogLine)) error {
	u, err := uuid.Parse(id)
	if err != nil {
		return err
	}
	lines, closer, err := c.c.WorkspaceBuildLogsAfter(ctx, u, 0)
	if err != nil {
		return c.explain("cannot follow the build", err)
	}
	defer closer.Close()
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				return ctx.Err()
			}
			send(coder.LogLine{Stage: l.Stage, Text: l.Output, Error: l.Level == codersdk.LogLevelError})
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func build(b codersdk.WorkspaceBuild) coder.Build {
	return coder.Build{
		ID: b.ID.String(), Number: int(b.BuildNumber), Transition: string(b.Transition),
		State: coder.BuildState(b.Job.Status), Error: b.Job.Error, Queue: b.Job.QueuePosition,
	}
}

// explain turns a server's answer into an error that says what to do.
func (c *Client) explain(what string, err error) error {
	var e *codersdk.Error
	if !errors.As(err, &e) {
		if errors.Is(err, context.Canceled) {
			return err
		}
		var u *url.Error // whose text has the whole address
		if errors.As(err, &u) {
			err = u.Err
		}
		return slot.E(slot.KindUnreachable, "is "+c.server+" the address of your Coder server?", fmt.Errorf("%s: no answer from %s: %w", what, c.server, err))
	}
	switch e.StatusCode() {
	case http.StatusUnauthorized:
		return slot.E(slot.KindRefused, "coder login "+c.server, fmt.Errorf("%s: %s: %w", what, c.server, coder.ErrToken))
	case http.StatusForbidden:
		return slot.E(slot.KindRefused, "ask its owner or an administrator", fmt.Errorf("%s: %s", what, said(e)))
	case http.StatusNotFound:
		return slot.E(slot.KindNotFound, "coder list shows the workspaces that this token may see", fmt.Errorf("%s: there is none, or it is somebody else's", what))
	case http.StatusConflict:
		return slot.E(slot.KindRefused, "wait for it and run this again; slot params status shows it", fmt.Errorf("%s: %w", what, coder.ErrBusy))
	}
	return slot.E(slot.KindFailed, "", fmt.Errorf("%s: Coder says %d: %s", what, e.StatusCode(), said(e)))
}

// said is the server's text on one line.
func said(e *codersdk.Error) string {
	text := strings.TrimSuffix(e.Message, ".")
	for _, v := range e.Validations {
		text += "; " + v.Field + ": " + v.Detail
	}
	if e.Detail != "" && len(e.Validations) == 0 {
		text += ": " + e.Detail
	}
	return strings.Join(strings.Fields(text), " ")
}
