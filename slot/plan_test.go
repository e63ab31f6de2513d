package slot_test

import (
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func web(change func(*slot.Process)) slot.LaunchPlan {
	p := slot.Process{Type: slot.ProcessWeb, Argv: []string{"node", "server.js"}}
	if change != nil {
		change(&p)
	}
	return slot.LaunchPlan{Processes: []slot.Process{p}}
}

func TestLaunchPlanValidate(t *testing.T) {
	site := func(root, notFound string) slot.LaunchPlan {
		return slot.LaunchPlan{Static: &slot.StaticSite{Root: root, NotFound: notFound}}
	}
	with := func(change func(*slot.LaunchPlan)) slot.LaunchPlan {
		p := web(nil)
		change(&p)
		return p
	}
	for _, tt := range []struct {
		name string
		plan slot.LaunchPlan
		want string // part of the error; "" for a good plan
	}{
		{"a web process", web(nil), ""},
		{"a shell command", web(func(p *slot.Process) { p.Argv, p.Shell = nil, "next start" }), ""},
		{"a static site", site("dist", "404.html"), ""},
		{"a static site with a worker", slot.LaunchPlan{Static: &slot.StaticSite{}, Processes: []slot.Process{{Type: "worker", Shell: "x"}}}, ""},
		{"its port in another variable", web(func(p *slot.Process) { p.PortEnv = "APP_PORT" }), ""},
		{"nothing to serve", slot.LaunchPlan{}, "neither"},
		{"a worker alone", slot.LaunchPlan{Processes: []slot.Process{{Type: "worker", Shell: "x"}}}, "neither"},
		{"both a process and a site", with(func(p *slot.LaunchPlan) { p.Static = &slot.StaticSite{} }), "both"},
		{"two web processes", slot.LaunchPlan{Processes: append(web(nil).Processes, web(nil).Processes...)}, "two processes"},
		{"a process without a command", web(func(p *slot.Process) { p.Argv = nil }), "no command"},
		{"a process without a type", with(func(p *slot.LaunchPlan) { p.Processes = append(p.Processes, slot.Process{Shell: "x"}) }), "not a type"},
		{"a type that is a path", with(func(p *slot.LaunchPlan) { p.Processes = append(p.Processes, slot.Process{Type: "../x", Shell: "x"}) }), "not a type"},
		{"a working folder outside", web(func(p *slot.Process) { p.WorkingDir = "../../etc" }), "leaves"},
		{"a working folder that is absolute", web(func(p *slot.Process) { p.WorkingDir = "/etc" }), "leaves"},
		{"a NUL in a command", web(func(p *slot.Process) { p.Argv = []string{"a\x00b"} }), "NUL"},
		{"its port in a variable with an =", web(func(p *slot.Process) { p.PortEnv = "A=1 B" }), "cannot get its port"},
		{"its port in a variable of slot", web(func(p *slot.Process) { p.PortEnv = "SLOT_PROCESS_ID" }), "cannot get its port"},
		{"a site outside", site("../dist", ""), "leaves"},
		{"a page for 404 outside", site("dist", "../../etc/passwd"), "leaves"},
		{"a variable that slot sets", with(func(p *slot.LaunchPlan) { p.Env = map[string]string{"SLOT_PROCESS_ID": "x"} }), "cannot be set"},
		{"a variable with a bad name", with(func(p *slot.LaunchPlan) { p.Env = map[string]string{"A B": "x"} }), "not a name"},
		{"a search path outside", with(func(p *slot.LaunchPlan) { p.PathPrepend = []string{"a/../../b"} }), "leaves"},
		{"a search path of two", with(func(p *slot.LaunchPlan) { p.PathPrepend = []string{"bin:/tmp"} }), "leaves"},
		{"a health path without a slash", with(func(p *slot.LaunchPlan) { p.Health.Path = "health" }), "begin with /"},
		{"an endless start", with(func(p *slot.LaunchPlan) { p.Health.StartTimeoutS = 1 << 40 }), "start timeout"},
		{"a negative start", with(func(p *slot.LaunchPlan) { p.Health.StartTimeoutS = -1 }), "start timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.plan.Validate()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestProcessCommand_ReadsAsAPersonWouldTypeIt(t *testing.T) {
	argv := slot.Process{Argv: []string{"node", "server.js"}, Shell: "unused"}
	shell := slot.Process{Shell: "next start"}
	if argv.Command() != "node server.js" || shell.Command() != "next start" {
		t.Errorf("%q, %q", argv.Command(), shell.Command())
	}
}

func FuzzLaunchPlan(f *testing.F) {
	for _, s := range []string{
		`{"processes":[{"type":"web","argv":["node","x.js"],"working_dir":"a"}],"path_prepend":["node_modules/.bin"]}`,
		`{"static":{"root":"dist","spa":true,"not_found":"404.html"},"env":{"A":"1"}}`,
		`{"static":{"root":"../.."}}`,
		`{"processes":[{"type":"web","shell":"x","working_dir":"a/../../b"}]}`,
		`{"processes":null,"static":{}}`,
		`[]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p slot.LaunchPlan
		if json.Unmarshal(b, &p) != nil || p.Validate() != nil {
			return
		}
		paths := append([]string(nil), p.PathPrepend...)
		for _, pr := range p.Processes {
			paths = append(paths, pr.WorkingDir)
			if strings.ContainsAny(pr.Type, "/.\x00") {
				t.Errorf("the type %q is valid", pr.Type)
			}
		}
		if p.Static != nil {
			paths = append(paths, p.Static.Root, p.Static.NotFound)
		}
		for _, rel := range paths {
			if at := path.Join("/app", rel); path.IsAbs(rel) || at != "/app" && !strings.HasPrefix(at, "/app/") {
				t.Errorf("%q leads to %q", rel, at)
			}
		}
		if (p.Web() == nil) == (p.Static == nil) {
			t.Error("not exactly one of a web process and a site")
		}
	})
}
