package hooks

import (
	"maps"

	"github.com/slot-paas/slot/hooks/hookpb"
	"github.com/slot-paas/slot/slot"
)

// each converts a list; nil stays nil.
func each[A, B any](list []A, convert func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

func appToWire(a App) *hookpb.AppContext {
	o := a.Overrides
	env := make(map[string]string, len(a.Env))
	for name, value := range a.Env {
		env[name] = text(value) // the bytes as they are stand in the hook's own environment
	}
	return &hookpb.AppContext{
		Slot: string(a.Slot), SourceDir: a.SourceDir, AppDir: a.AppDir, Commit: a.Commit, Env: env,
		Overrides: &hookpb.Overrides{
			Install: o.Install, Build: o.Build, Start: o.Start, StaticRoot: o.StaticRoot, Spa: o.SPA,
			Versions: o.Versions, Options: o.Options, SkipBuild: o.SkipBuild,
		},
	}
}

func appFromWire(a *hookpb.AppContext) App {
	o := a.GetOverrides()
	app := App{
		Slot: slot.Name(a.GetSlot()), SourceDir: a.GetSourceDir(), AppDir: a.GetAppDir(), Commit: a.GetCommit(), Env: a.GetEnv(),
		Overrides: Overrides{
			Install: o.GetInstall(), Build: o.GetBuild(), Start: o.GetStart(), StaticRoot: o.GetStaticRoot(),
			Versions: o.GetVersions(), Options: o.GetOptions(), SkipBuild: o.GetSkipBuild(),
		},
	}
	if o != nil {
		app.Overrides.SPA = o.Spa
	}
	return app
}

func descriptionToWire(d Description) *hookpb.DescribeResponse {
	return &hookpb.DescribeResponse{
		Name: d.Name, Version: d.Version, Summary: d.Summary, Languages: d.Languages,
		Capabilities: d.Capabilities, WantsEnv: d.WantsEnv,
		Tools: each(d.Tools, func(t Tool) *hookpb.Tool {
			return &hookpb.Tool{Name: t.Name, VersionConstraint: t.Constraint, InstallHint: t.InstallHint}
		}),
	}
}

func descriptionFromWire(d *hookpb.DescribeResponse) Description {
	return Description{
		Name: d.GetName(), Version: d.GetVersion(), Summary: d.GetSummary(), Languages: d.GetLanguages(),
		Capabilities: d.GetCapabilities(), WantsEnv: d.GetWantsEnv(),
		Tools: each(d.GetTools(), func(t *hookpb.Tool) Tool {
			return Tool{Name: t.GetName(), Constraint: t.GetVersionConstraint(), InstallHint: t.GetInstallHint()}
		}),
	}
}

func detectionToWire(d Detection) *hookpb.DetectResponse {
	return &hookpb.DetectResponse{
		Matched: d.Matched, Score: int32(d.Score), Language: d.Language, Framework: d.Framework,
		Versions: each(d.Versions, versionToWire), Evidence: d.Evidence,
		Diagnostics: each(d.Diagnostics, diagnosticToWire), Preview: planToWire(d.Preview),
	}
}

func detectionFromWire(d *hookpb.DetectResponse) Detection {
	return Detection{
		Matched: d.GetMatched(), Score: int(d.GetScore()), Language: d.GetLanguage(), Framework: d.GetFramework(),
		Versions: each(d.GetVersions(), versionFromWire), Evidence: d.GetEvidence(),
		Diagnostics: each(d.GetDiagnostics(), diagnosticFromWire), Preview: planFromWire(d.GetPreview()),
	}
}

func versionToWire(v Version) *hookpb.Version {
	return &hookpb.Version{Tool: v.Tool, Requested: v.Requested, Source: v.Source, Resolved: v.Resolved}
}

func versionFromWire(v *hookpb.Version) Version {
	return Version{Tool: v.GetTool(), Requested: v.GetRequested(), Source: v.GetSource(), Resolved: v.GetResolved()}
}

func planToWire(p slot.LaunchPlan) *hookpb.LaunchPlan {
	out := &hookpb.LaunchPlan{
		Env: p.Env, PathPrepend: p.PathPrepend,
		Health: &hookpb.Health{Path: p.Health.Path, StartTimeoutS: int32(p.Health.StartTimeoutS)},
		Processes: each(p.Processes, func(p slot.Process) *hookpb.Process {
			return &hookpb.Process{Type: p.Type, Argv: p.Argv, Shell: p.Shell, WorkingDir: p.WorkingDir, PortEnv: p.PortEnv}
		}),
	}
	if s := p.Static; s != nil {
		out.StaticSite = &hookpb.StaticSite{Root: s.Root, Spa: s.SPA, NotFound: s.NotFound}
	}
	return out
}

func planFromWire(p *hookpb.LaunchPlan) slot.LaunchPlan {
	out := slot.LaunchPlan{
		Env: maps.Clone(p.GetEnv()), PathPrepend: p.GetPathPrepend(),
		Health: slot.Health{Path: p.GetHealth().GetPath(), StartTimeoutS: int(p.GetHealth().GetStartTimeoutS())},
		Processes: each(p.GetProcesses(), func(p *hookpb.Process) slot.Process {
			return slot.Process{Type: p.GetType(), Argv: p.GetArgv(), Shell: p.GetShell(), WorkingDir: p.GetWorkingDir(), PortEnv: p.GetPortEnv()}
		}),
	}
	if s := p.GetStaticSite(); s != nil {
		out.Static = &slot.StaticSite{Root: s.GetRoot(), SPA: s.GetSpa(), NotFound: s.GetNotFound()}
	}
	return out
}

func requestToWire(r BuildRequest) *hookpb.BuildRequest {
	return &hookpb.BuildRequest{
		App: appToWire(r.App), Detected: detectionToWire(r.Detected), CacheDir: r.CacheDir, SharedCacheDir: r.SharedCacheDir,
		OutputDir: r.OutputDir, TmpDir: r.TmpDir, Jobs: int32(r.Jobs), NoCache: r.NoCache,
	}
}

func requestFromWire(r *hookpb.BuildRequest) BuildRequest {
	return BuildRequest{
		App: appFromWire(r.GetApp()), Detected: detectionFromWire(r.GetDetected()), CacheDir: r.GetCacheDir(),
		SharedCacheDir: r.GetSharedCacheDir(), OutputDir: r.GetOutputDir(), TmpDir: r.GetTmpDir(),
		Jobs: max(1, int(r.GetJobs())), NoCache: r.GetNoCache(),
	}
}

func resultToWire(ok bool, r Result) *hookpb.BuildResult {
	return &hookpb.BuildResult{
		Ok: ok, Launch: planToWire(r.Plan), Versions: each(r.Versions, versionToWire),
		Caches: each(r.Caches, func(c CacheUse) *hookpb.CacheUse {
			return &hookpb.CacheUse{Name: c.Name, Key: c.Key, Hit: c.Hit, Bytes: c.Bytes}
		}),
	}
}

func resultFromWire(r *hookpb.BuildResult) Result {
	return Result{
		Plan: planFromWire(r.GetLaunch()), Versions: each(r.GetVersions(), versionFromWire),
		Caches: each(r.GetCaches(), func(c *hookpb.CacheUse) CacheUse {
			return CacheUse{Name: c.GetName(), Key: c.GetKey(), Hit: c.GetHit(), Bytes: c.GetBytes()}
		}),
	}
}
