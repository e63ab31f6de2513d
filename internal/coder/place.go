package coder

import (
	"fmt"
	"net/url"
	"strings"
)

// MaxLabel is the longest part of a host name between two dots (RFC 1035,
// section 2.3.4). Coder puts slug, workspace and owner into one.
const MaxLabel = 63

// Place is where a workspace's apps are reached. The zero Place is outside
// Coder: it has no addresses.
type Place struct {
	Owner, Workspace, Agent string

	pattern string // of an app's address, with a * for slug--workspace--owner; empty without a wildcard host
}

// FromEnv is the place that Coder's agent tells in the environment of what it
// starts. Agent and host come from VSCODE_PROXY_URI, which has the form
// "https://{{port}}--agent--workspace--owner.coder.example.com".
func FromEnv(getenv func(string) string) Place {
	p := Place{
		Owner: getenv("CODER_WORKSPACE_OWNER_NAME"), Workspace: getenv("CODER_WORKSPACE_NAME"),
		Agent: getenv("CODER_WORKSPACE_AGENT_NAME"),
	}
	if p.Owner == "" || p.Workspace == "" {
		return Place{}
	}
	proxy := getenv("VSCODE_PROXY_URI")
	own := strings.Join([]string{"{{port}}", p.Agent, p.Workspace, p.Owner}, "--")
	if strings.Count(proxy, own) == 1 {
		p.pattern = strings.TrimSuffix(strings.Replace(proxy, own, "*", 1), "/")
	}
	return p
}

// FromServer is the place of a workspace by what its server says: its address
// and the wildcard host of its apps, such as "*.coder.example.com". Where the
// host names no port, the server's holds, as for Coder itself.
func FromServer(server, host, owner, workspace, agent string) Place {
	p := Place{Owner: owner, Workspace: workspace, Agent: agent}
	u, err := url.Parse(server)
	if err != nil || strings.Count(host, "*") != 1 {
		return p
	}
	if port := u.Port(); port != "" && !strings.Contains(host, ":") {
		host += ":" + port
	}
	p.pattern = u.Scheme + "://" + host
	return p
}

// Inside reports whether there is a workspace at all.
func (p Place) Inside() bool { return p.Workspace != "" }

// Wildcard reports whether apps have host names of their own.
func (p Place) Wildcard() bool { return p.pattern != "" }

// FullName is the workspace as "owner/name".
func (p Place) FullName() string { return p.Owner + "/" + p.Workspace }

// URL is the address of the app with that slug; empty where the place has
// none or the slug is empty.
func (p Place) URL(slug string) string {
	if slug == "" {
		return ""
	}
	return p.fill(p.name(slug))
}

func (p Place) fill(name string) string {
	if p.pattern == "" {
		return ""
	}
	return strings.ToLower(strings.Replace(p.pattern, "*", name, 1))
}

// PortURL is the address of a port of the workspace, for its owner alone.
func (p Place) PortURL(port int) string {
	return p.fill(strings.Join([]string{fmt.Sprint(port), p.Agent, p.Workspace, p.Owner}, "--"))
}

// Label is the first part of the app's host name: what MaxLabel bounds.
func (p Place) Label(slug string) string {
	if !p.Inside() || slug == "" {
		return ""
	}
	_, host, ok := strings.Cut(p.pattern, "://")
	if !ok {
		host = "*"
	}
	label, _, _ := strings.Cut(host, ".")
	return strings.ToLower(strings.Replace(label, "*", p.name(slug), 1))
}

// Room is how many characters a slug may have here.
func (p Place) Room() int { return MaxLabel - len(p.Label("a")) + 1 }

// name is what stands for the * of the wildcard host. Coder leaves the agent
// out, but for a port (AppSubdomain in its db2sdk).
func (p Place) name(slug string) string {
	return strings.Join([]string{slug, p.Workspace, p.Owner}, "--")
}
