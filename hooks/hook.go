// Package hooks is the SDK of build hooks: programs that detect one kind of
// app and make it ready to run. It owns the contract (hooks/proto) and both
// its ends, Serve for hooks and Client for hosts, in Go types; finding,
// trusting and starting hooks is the business of hooks/host.
//
// A hook implements Hook and its main calls Serve, which returns when slot is
// done with it. The process ends by itself, with all it started, when slot
// dies.
package hooks

import (
	"context"

	"github.com/slot-paas/slot/slot"
)

// Hook knows one kind of app. slot calls one method at a time.
type Hook interface {
	// Describe is pure and takes no time.
	Describe() Description

	// Detect says whether the app is one for this hook. It reads files below
	// App.AppDir only: no write, no child process, no network, 5 s at most.
	// An app of another kind is an answer with Matched false; an error means
	// that the hook is broken.
	Detect(ctx context.Context, app App) (Detection, error)

	// Build makes the app ready to run and says how. It may write below
	// App.SourceDir and the folders of the request. Any error is a failed
	// build; a *Failure carries the diagnostic to show. When ctx ends, Build
	// returns soon: commands started by b.Run are ended by it.
	Build(ctx context.Context, request BuildRequest, b *Build) (Result, error)
}

// Description tells who a hook is.
type Description struct {
	Name         string   `json:"name"` // of the file slot-hook-NAME: [a-z0-9-]{1,32}
	Version      string   `json:"version"`
	Summary      string   `json:"summary"` // one line
	Languages    []string `json:"languages,omitempty"`
	Capabilities []string `json:"capabilities,omitempty"`
	WantsEnv     []string `json:"wants_env,omitempty"` // NAME or PREFIX_*
	Tools        []Tool   `json:"tools,omitempty"`
}

// Tool is a program of the machine that a hook's builds need.
type Tool struct {
	Name        string `json:"name"`
	Constraint  string `json:"constraint,omitempty"`
	InstallHint string `json:"install_hint,omitempty"`
}

// App is the app in question. The folders are absolute.
type App struct {
	Slot      slot.Name
	SourceDir string            // the repository, private to this deployment
	AppDir    string            // SourceDir or a folder below it
	Commit    string            // empty for a plain folder
	Env       map[string]string // the slot's variables that a build may see
	Overrides Overrides
}

// Overrides are the user's own words. The host applies Start, StaticRoot and
// SPA to the plan; the rest is for the hook.
type Overrides struct {
	Install    string // command instead of the hook's install
	Build      string // command instead of the hook's build
	SkipBuild  bool   // install, but do not build
	Start      string // command of the web process
	StaticRoot string // folder to serve
	SPA        *bool
	Versions   map[string]string // tool to version
	Options    map[string]string // the hook's own
}

// The scores of a detection, by what it rests on.
const (
	ScoreConfig    = 90 // a configuration file of that very tool
	ScoreLock      = 70 // manifest and lock file
	ScoreManifest  = 60
	ScoreEntryFile = 40
	ScoreProcfile  = 30
	ScorePage      = 20 // index.html
	ScoreOverride  = 10 // nothing but a setting of the slot
)

// Detection is what a hook thinks of an app.
type Detection struct {
	Matched     bool              `json:"matched"`
	Score       int               `json:"score"` // 0 to 100
	Language    string            `json:"language,omitempty"`
	Framework   string            `json:"framework,omitempty"`
	Versions    []Version         `json:"versions,omitempty"`
	Evidence    []string          `json:"evidence,omitempty"` // not matched: what was looked for
	Diagnostics []slot.Diagnostic `json:"diagnostics,omitempty"`
	Preview     slot.LaunchPlan   `json:"preview,omitzero"` // what Build will most likely return
}

// Version is one tool's version, as asked for and as used.
type Version struct {
	Tool      string `json:"tool"`
	Requested string `json:"requested,omitempty"` // ">=18"
	Source    string `json:"source,omitempty"`    // "package.json engines.node"
	Resolved  string `json:"resolved,omitempty"`  // known after a build
}

// BuildRequest asks for one build. All folders exist.
type BuildRequest struct {
	App            App
	Detected       Detection
	CacheDir       string // of this slot and hook; the host may empty it between builds
	SharedCacheDir string // of this hook, for all slots at once: package managers' stores only
	OutputDir      string // for files that are not part of the source tree
	TmpDir         string // removed after the build
	Jobs           int    // how much to do at once; at least 1
	NoCache        bool   // the user asks for a build from scratch
}

// Result is what a build that went well leaves.
type Result struct {
	Plan     slot.LaunchPlan
	Versions []Version
	Caches   []CacheUse
}

// CacheUse tells what became of one cache.
type CacheUse struct {
	Name  string `json:"name"`
	Key   string `json:"key,omitempty"`
	Hit   bool   `json:"hit"`
	Bytes int64  `json:"bytes,omitempty"`
}

// CacheState says how a step used its cache.
type CacheState string

// The cache states; the zero value means that the step has no cache.
const (
	CacheHit    CacheState = "hit"
	CacheMiss   CacheState = "miss"
	CacheBypass CacheState = "bypass"
)

// StepSkipped is the state of a hook's step that was not needed.
const StepSkipped slot.StepState = "skipped"
