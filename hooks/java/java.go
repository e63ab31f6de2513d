// Package java is the build hook for apps on the Java virtual machine. It owns
// what slot knows of Maven and Gradle, of their modules, of the jar that is the
// program, and of the words of both and of javac for what went wrong. It uses
// the JDKs of the machine and starts nothing that outlives a build: Gradle's
// daemon stays off.
//
// Downloads are shared by all slots. Gradle locks its folder itself. Maven's
// local repository is not safe under several Mavens at once (Maven 3.8 has no
// locks, and those of 3.9 are switched off), so a build holds a lock of slot's
// own while Maven runs. Nothing is installed into that repository, or two slots
// with a module of one name would run each other's.
//
// The memory of an app is left to Java: a quarter of the machine's or the
// container's at most, which suits five slots. JAVA_TOOL_OPTIONS among the
// slot's variables changes that.
package java

import (
	"context"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// New returns the hook.
func New() hooks.Hook { return hook{} }

type hook struct{}

func (hook) Describe() hooks.Description {
	return hooks.Description{
		Name: "java", Version: "1", Summary: "Builds and runs Java programs with Maven or Gradle", Languages: []string{"java", "kotlin"},
		Tools: []hooks.Tool{
			{Name: "javac", InstallHint: jdkHint}, {Name: "mvn", InstallHint: mavenHint}, {Name: "gradle", InstallHint: gradleHint},
		},
	}
}

// Detect matches a pom.xml, a build of Gradle's, or a program of Java files
// alone.
func (hook) Detect(_ context.Context, in hooks.App) (hooks.Detection, error) {
	return hooks.Detector[app]{
		Language: "java", Looks: []string{pomName, "build.gradle", "build.gradle.kts", "Main.java"}, Broken: hooks.ScoreManifest,
		Read: read, Judge: judge,
	}.Detect(in)
}

// judge says how sure it is, and why.
func judge(d *hooks.Detection, files *hooks.Files, a *app) {
	d.Score, d.Framework = a.score(files), a.framework.name
	d.Evidence = a.evidence
	if a.version.Requested != "" {
		d.Versions = []hooks.Version{a.version.Version}
	}
	if a.problem != nil {
		d.Diagnostics = append(d.Diagnostics, *a.problem)
		return
	}
	d.Diagnostics = a.notes(files)
	d.Preview = a.preview()
}

// score says how sure it is. A pom.xml names exact versions, so it is manifest
// and lock in one. A front end lies beside a Java program as often as not; one
// without a program leaves the app to whatever else is known.
func (a *app) score(files *hooks.Files) int {
	switch {
	case a.tool == toolJavac:
		return hooks.ScoreEntryFile
	case files.Exists("package.json") && a.problem != nil:
		return hooks.ScoreEntryFile
	case files.Exists("package.json"):
		return hooks.ScoreConfig
	}
	return hooks.ScoreLock
}

// notes tells what a build will pass over.
func (a *app) notes(files *hooks.Files) []slot.Diagnostic {
	var all []slot.Diagnostic
	if a.tool == toolMaven && gradleFile(files, ".") != "" {
		all = append(all, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "java.two_builds", File: gradleFile(files, "."),
			Summary: "there are builds for Maven and for Gradle; slot uses Maven",
			Hint:    "delete the one that is not used",
		})
	}
	if a.tool != toolJavac && files.Exists("package.json") {
		all = append(all, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "java.front_end", File: "package.json",
			Summary: "slot builds the Java program and leaves package.json alone",
			Hint:    "if it builds a front end, set install to \"npm ci && npm run build\"; or set hook to node",
		})
	}
	return all
}
