package slot

import (
	"fmt"
	"strings"
	"time"
)

// ConfigVersion is the schema version that this program writes.
const ConfigVersion = 1

// Config is slots.json: what the user wants. Every field is read by some
// room; a field that nothing reads does not exist.
type Config struct {
	Version int                 `json:"version"`
	Slots   map[Name]SlotConfig `json:"slots"`

	Previews []PreviewConfig `json:"previews,omitempty"` // slots set aside for pull requests
}

// SlotConfig is the configuration of one slot. Zero values mean the default
// that stands beside the field.
type SlotConfig struct {
	Subdomain   string            `json:"subdomain,omitempty"`      // of the address in a Coder workspace; the parameter owns it
	Repository  string            `json:"repository,omitempty"`     // address or absolute folder
	Branch      string            `json:"branch,omitempty"`         // branch, tag or commit; the remote's HEAD
	Root        string            `json:"root,omitempty"`           // sub-directory of the app; the top
	Environment map[string]string `json:"environment,omitempty"`    // literal values
	Port        int               `json:"port,omitempty"`           // public port; base port + index
	AppPort     int               `json:"app_port,omitempty"`       // of an app that has one of its own; a free one
	AppProtocol AppProtocol       `json:"app_protocol,omitempty"`   // what that port speaks; http
	Hook        string            `json:"hook,omitempty"`           // chosen by detection
	Install     string            `json:"install,omitempty"`        // replaces the hook's install command
	Build       BuildConfig       `json:"build,omitzero"`           //
	Start       string            `json:"start,omitempty"`          // replaces the web process
	StaticRoot  string            `json:"static_root,omitempty"`    // serve this folder of the result
	SPA         *bool             `json:"spa,omitempty"`            // unknown paths answer index.html; by detection
	Versions    map[string]string `json:"versions,omitempty"`       // tool to version, for the hook; what the app asks for
	Options     map[string]string `json:"options,omitempty"`        // the hook's own
	HealthCheck HealthCheck       `json:"health_check,omitzero"`    //
	Persist     []string          `json:"persist,omitempty"`        // paths of the app that outlive releases
	Deployment  DeploymentConfig  `json:"deployment,omitzero"`      //
	Restart     RestartPolicy     `json:"restart_policy,omitempty"` // always
	MaxRestarts int               `json:"max_restarts,omitempty"`   // in a row; without end
	MemoryLimit Size              `json:"memory_limit,omitempty"`   // of each process with all it starts; none
	CPULimit    Cores             `json:"cpu_limit,omitempty"`      // the same; none
	OpenFiles   int               `json:"open_files,omitempty"`     // of each program; the user's own
	Processes   int               `json:"processes,omitempty"`      // with their threads; none
	SleepAfter  Duration          `json:"sleep_after,omitempty"`    // without a request; never
	StopTimeout Duration          `json:"stop_timeout,omitempty"`   // TERM to KILL; 10 s
	Sandbox     SandboxMode       `json:"sandbox,omitempty"`        // on
	Database    DatabaseMode      `json:"database,omitempty"`       // own
	Monitoring  MonitoringConfig  `json:"monitoring,omitzero"`      //
}

// MonitoringConfig says who is told of what happens to a slot.
type MonitoringConfig struct {
	NotifyURL string `json:"notify_url,omitempty"` // gets a POST; a secret
	Alerts    Alerts `json:"alerts,omitzero"`
}

// BuildConfig changes what a hook builds.
type BuildConfig struct {
	Enabled *bool  `json:"enabled,omitempty"` // true
	Command string `json:"command,omitempty"` // replaces the hook's build command
	Cache   *bool  `json:"cache,omitempty"`   // true; false builds without what earlier builds left
}

// HealthCheck says when a new release may take the traffic, and how one that
// runs is asked.
type HealthCheck struct {
	Enabled  *bool    `json:"enabled,omitempty"`  // true; false waits for the port only
	Path     string   `json:"path,omitempty"`     // "/" with any answer under 500; a path of your own wants 2xx or 3xx
	Timeout  Duration `json:"timeout,omitempty"`  // the whole check; 60 s
	Interval Duration `json:"interval,omitempty"` // between two probes; 250 ms
	Liveness Liveness `json:"liveness,omitzero"`  // while it runs
}

// DeploymentConfig says how releases follow each other and are kept, and which
// changes make one.
type DeploymentConfig struct {
	Strategy   Strategy `json:"strategy,omitempty"`    // rolling
	Keep       int      `json:"keep,omitempty"`        // releases; 5
	Drain      Duration `json:"drain,omitempty"`       // for requests in flight at a switch; 30 s
	OnPush     *bool    `json:"on_push,omitempty"`     // see DeploysOnPush
	WatchPaths []string `json:"watch_paths,omitempty"` // see Watched; for deployments that are only wanted if something changed

	PreDeployHooks  []string `json:"pre_deploy_hooks,omitempty"`  // commands, run when the build is done
	PostDeployHooks []string `json:"post_deploy_hooks,omitempty"` // commands, run after the switch
}

// Strategy says whether two releases of an app run side by side for a moment.
type Strategy string

// The strategies.
const (
	StrategyRolling  Strategy = "rolling"  // the new one starts beside the old one
	StrategyRecreate Strategy = "recreate" // the old one stops first; requests wait
)

// RestartPolicy says when a process that ended by itself is started again.
type RestartPolicy string

// The restart policies.
const (
	RestartAlways    RestartPolicy = "always"
	RestartOnFailure RestartPolicy = "on-failure"
	RestartNever     RestartPolicy = "never"
)

// SandboxMode says what the slot's processes and builds may open.
type SandboxMode string

// The sandbox modes.
const (
	SandboxOn     SandboxMode = "on"     // their own files, the system's and the user's tools
	SandboxStrict SandboxMode = "strict" // the same without /tmp and its like
	SandboxOff    SandboxMode = "off"    // all that the user may
)

// Or returns m, or what an empty m stands for.
func (m SandboxMode) Or(def SandboxMode) SandboxMode {
	if m == "" {
		return def
	}
	return m
}

// The defaults. Sources: facts of the field's tools (kamal-proxy, Heroku,
// Docker); docs/configuration.md gives the reasons.
const (
	DefaultStopTimeout   = 10 * time.Second
	DefaultDrain         = 30 * time.Second
	DefaultCheckTimeout  = 60 * time.Second
	DefaultCheckInterval = 250 * time.Millisecond
	DefaultKeep          = 5
)

// NewConfig returns the configuration of a new workspace: five empty slots.
func NewConfig() Config {
	c := Config{Version: ConfigVersion, Slots: map[Name]SlotConfig{}}
	for _, n := range Names() {
		c.Slots[n] = SlotConfig{}
	}
	return c
}

// Validate checks the whole configuration and names the field that is wrong
// as "slots.a.branch". A nil error means every room can use every value.
func (c *Config) Validate() error {
	if c.Version != ConfigVersion {
		return usage("version", fmt.Sprint(c.Version), fmt.Sprintf("this slot reads version %d", ConfigVersion))
	}
	ports, subdomains := map[int]Name{}, map[string]Name{}
	for name := range c.Slots {
		if !name.Valid() {
			return usage("slots", fmt.Sprintf("%q", name), "the slots are a, b, c, d and e")
		}
	}
	for _, name := range Names() {
		s, ok := c.Slots[name]
		if !ok {
			continue
		}
		if err := s.validate("slots." + string(name)); err != nil {
			return err
		}
		for _, p := range []struct {
			field string
			port  int
		}{{"port", s.Port}, {"app_port", s.AppPort}} {
			if p.port == 0 {
				continue
			}
			if other, taken := ports[p.port]; taken {
				return usage("slots."+string(name)+"."+p.field, fmt.Sprint(p.port), "slot "+string(other)+" has that port")
			}
			ports[p.port] = name
		}
		if other, taken := subdomains[s.Subdomain]; taken && s.Subdomain != "" {
			return usage("slots."+string(name)+".subdomain", fmt.Sprintf("%q", s.Subdomain), "slot "+string(other)+" has that")
		}
		subdomains[s.Subdomain] = name
	}
	return c.validatePreviews()
}

func (s *SlotConfig) validate(at string) error {
	if s.Subdomain != "" {
		if err := CheckSubdomain(s.Subdomain); err != nil {
			return E(KindUsage, "", fmt.Errorf("%s.subdomain: %w", at, err))
		}
	}
	if s.Repository != "" {
		if _, err := ParseRepository(s.Repository); err != nil {
			return fmt.Errorf("%s.repository: %w", at, err)
		}
	}
	if s.Branch != "" {
		if err := ValidateRef(s.Branch); err != nil {
			return fmt.Errorf("%s.branch: %w", at, err)
		}
	}
	if err := ValidateEnvironment(s.Environment); err != nil {
		return fmt.Errorf("%s.environment: %w", at, err)
	}
	for field, dir := range map[string]string{"root": s.Root, "static_root": s.StaticRoot} {
		if !inside(dir) {
			return usage(at+"."+field, fmt.Sprintf("%q", dir), "a folder inside the repository, such as apps/web")
		}
	}
	for field, cmd := range map[string]string{"install": s.Install, "build.command": s.Build.Command, "start": s.Start} {
		if strings.ContainsAny(cmd, "\x00\n") {
			return usage(at+"."+field, fmt.Sprintf("%q", cmd), "one line")
		}
	}
	if s.Start != "" && s.StaticRoot != "" {
		return usage(at+".start", fmt.Sprintf("%q", s.Start), "set either start or static_root")
	}
	if s.Port != 0 && (s.Port < 1024 || s.Port > 65535) {
		return usage(at+".port", fmt.Sprint(s.Port), "1024 to 65535")
	}
	if s.AppPort != 0 && (s.AppPort < 1024 || s.AppPort > 65535) {
		return usage(at+".app_port", fmt.Sprint(s.AppPort), "1024 to 65535")
	}
	if err := s.AppProtocol.validate(at + ".app_protocol"); err != nil {
		return err
	}
	if s.Hook != "" && !hookName.MatchString(s.Hook) {
		return usage(at+".hook", fmt.Sprintf("%q", s.Hook), "letters, digits and -, such as node")
	}
	if err := s.validateHookWords(at); err != nil {
		return err
	}
	if p := s.HealthCheck.Path; p != "" && (!strings.HasPrefix(p, "/") || strings.ContainsAny(p, " \r\n\x00")) {
		return usage(at+".health_check.path", fmt.Sprintf("%q", p), "a path such as /healthz")
	}
	if k := s.Deployment.Keep; k != 0 && (k < 2 || k > 50) {
		return usage(at+".deployment.keep", fmt.Sprint(k), "2 to 50")
	}
	switch s.Deployment.Strategy {
	case "", StrategyRolling, StrategyRecreate:
	default:
		return usage(at+".deployment.strategy", fmt.Sprintf("%q", s.Deployment.Strategy), "rolling or recreate")
	}
	if err := s.validateKept(at); err != nil {
		return err
	}
	if err := validateWatchPaths(at+".deployment.watch_paths", s.Deployment.WatchPaths); err != nil {
		return err
	}
	if err := s.validateSupervision(at); err != nil {
		return err
	}
	switch s.Restart {
	case "", RestartAlways, RestartOnFailure, RestartNever:
	default:
		return usage(at+".restart_policy", fmt.Sprintf("%q", s.Restart), "always, on-failure or never")
	}
	switch s.Sandbox {
	case "", SandboxOn, SandboxStrict, SandboxOff:
	default:
		return usage(at+".sandbox", fmt.Sprintf("%q", s.Sandbox), "on, strict or off")
	}
	switch s.Database {
	case "", DatabaseOwn, DatabaseShared, DatabaseNone:
	default:
		return usage(at+".database", fmt.Sprintf("%q", s.Database), "own, shared or none")
	}
	for _, d := range []struct {
		field    string
		v        Duration
		min, max time.Duration
	}{
		{"stop_timeout", s.StopTimeout, time.Millisecond, 10 * time.Minute},
		{"deployment.drain", s.Deployment.Drain, time.Millisecond, 10 * time.Minute},
		{"health_check.timeout", s.HealthCheck.Timeout, 100 * time.Millisecond, 30 * time.Minute},
		{"health_check.interval", s.HealthCheck.Interval, 10 * time.Millisecond, time.Minute},
	} {
		if d.v != 0 && (time.Duration(d.v) < d.min || time.Duration(d.v) > d.max) {
			return usage(at+"."+d.field, d.v.String(), fmt.Sprintf("%v to %v", d.min, d.max))
		}
	}
	return nil
}

func usage(field, got, want string) error {
	return E(KindUsage, "", fmt.Errorf("%s is %s; want %s", field, got, want))
}
