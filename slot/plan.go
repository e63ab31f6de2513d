package slot

import (
	"fmt"
	"path"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// The process types that mean something to the engine; any other name in a
// Procfile is a worker of that name.
const (
	ProcessWeb     = "web"     // gets the slot's traffic
	ProcessRelease = "release" // runs once before the switch
	ProcessWorker  = "worker"  // supervised beside web
)

// maxStartTimeout is what health_check.timeout allows as well, in seconds.
const maxStartTimeout = 30 * 60

// processType is what a Procfile allows. The type becomes part of file names.
var processType = lazyregexp.New(`^[A-Za-z0-9_-]{1,63}$`)

// LaunchPlan says how a built release is run: what a hook returns and what a
// release keeps. Exactly one of a web process and Static serves the slot.
// Ports never stand in it: "$PORT" does.
type LaunchPlan struct {
	Processes   []Process         `json:"processes,omitempty"`
	Static      *StaticSite       `json:"static,omitempty"`
	Env         map[string]string `json:"env,omitempty"`          // defaults; the slot's variables win
	PathPrepend []string          `json:"path_prepend,omitempty"` // relative to the app's folder
	Health      Health            `json:"health,omitzero"`
}

// Process is one long-running command of a release. Argv is preferred; Shell
// is run by "sh -c" with exec when Argv is empty.
type Process struct {
	Type       string   `json:"type"`
	Argv       []string `json:"argv,omitempty"`
	Shell      string   `json:"shell,omitempty"`
	WorkingDir string   `json:"working_dir,omitempty"` // relative to the app's folder
	PortEnv    string   `json:"port_env,omitempty"`    // "PORT" when empty
}

// StaticSite is a folder that the proxy serves itself.
type StaticSite struct {
	Root     string `json:"root"`                // relative to the app's folder
	SPA      bool   `json:"spa,omitempty"`       // unknown paths answer index.html
	NotFound string `json:"not_found,omitempty"` // page for 404, relative to Root
}

// Health is a hint of the hook on how the release is checked. Zero values
// mean the engine's defaults.
type Health struct {
	Path          string `json:"path,omitempty"`
	StartTimeoutS int    `json:"start_timeout_s,omitempty"` // seconds
}

// Web returns the process that serves the slot, or nil for a static site.
func (p *LaunchPlan) Web() *Process {
	for i := range p.Processes {
		if p.Processes[i].Type == ProcessWeb {
			return &p.Processes[i]
		}
	}
	return nil
}

// Command returns the process's command as a person would type it.
func (p *Process) Command() string {
	if len(p.Argv) > 0 {
		return strings.Join(p.Argv, " ")
	}
	return p.Shell
}

// HasWorkers reports whether something works beside the web process.
func (p *LaunchPlan) HasWorkers() bool {
	for _, pr := range p.Processes {
		if pr.Type != ProcessWeb && pr.Type != ProcessRelease {
			return true
		}
	}
	return false
}

// Validate checks that the plan can be run and stays inside the app's folder.
func (p *LaunchPlan) Validate() error {
	if p.Static == nil && p.Web() == nil {
		return fmt.Errorf("the launch plan has neither a web process nor a static site")
	}
	if p.Static != nil {
		if p.Web() != nil {
			return fmt.Errorf("the launch plan has both a web process and a static site")
		}
		if !inside(p.Static.Root) || !inside(p.Static.NotFound) {
			return fmt.Errorf("the static root %q leaves the app's folder", p.Static.Root)
		}
	}
	seen := map[string]bool{}
	for _, pr := range p.Processes {
		switch {
		case !processType.MatchString(pr.Type):
			return fmt.Errorf("%q is not a type of process: want letters, digits, _ and -", pr.Type)
		case seen[pr.Type]:
			return fmt.Errorf("the launch plan has two processes %q", pr.Type)
		case len(pr.Argv) == 0 && pr.Shell == "":
			return fmt.Errorf("the process %q has no command", pr.Type)
		case !inside(pr.WorkingDir):
			return fmt.Errorf("the working folder %q leaves the app's folder", pr.WorkingDir)
		case pr.PortEnv != "" && (!variableName.MatchString(pr.PortEnv) || pr.PortEnv != "PORT" && Reserved(pr.PortEnv)):
			return fmt.Errorf("the process %q cannot get its port in the variable %q", pr.Type, pr.PortEnv)
		}
		if err := nulFree("command of "+pr.Type, pr.Shell, pr.Argv...); err != nil {
			return err
		}
		seen[pr.Type] = true
	}
	if err := ValidateEnvironment(p.Env); err != nil {
		return fmt.Errorf("the launch plan's environment: %w", err)
	}
	for _, d := range p.PathPrepend {
		if !inside(d) || strings.Contains(d, ":") { // which would begin another folder
			return fmt.Errorf("the search path %q leaves the app's folder", d)
		}
	}
	if p.Health.Path != "" && !strings.HasPrefix(p.Health.Path, "/") {
		return fmt.Errorf("the health path %q does not begin with /", p.Health.Path)
	}
	if s := p.Health.StartTimeoutS; s < 0 || s > maxStartTimeout {
		return fmt.Errorf("the start timeout is %d; want 0 to %d seconds", s, maxStartTimeout)
	}
	return nil
}

// inside reports whether the relative path p stays below its folder.
func inside(p string) bool {
	if p == "" {
		return true
	}
	c := path.Clean(p)
	return !path.IsAbs(p) && c != ".." && !strings.HasPrefix(c, "../") && !strings.Contains(p, "\x00")
}

func nulFree(what, first string, more ...string) error {
	for _, s := range append([]string{first}, more...) {
		if strings.Contains(s, "\x00") {
			return fmt.Errorf("the %s contains a NUL byte", what)
		}
	}
	return nil
}
