package java

import (
	"context"
	"errors"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const mavenHint = "apt-get install maven"

// maven packages the program, and gathers the libraries of a plain jar.
func (j *job) maven(ctx context.Context) (program, error) {
	j.findReactor()
	mvn, err := j.wrapper(ctx, "mvnw", "mvn")
	if err != nil {
		return program{}, err
	}
	if err := j.runMaven(ctx, "build", mvn, "package"); err != nil || j.app.told {
		return program{}, err
	}
	p, needsPath, err := j.pick()
	if err != nil || !needsPath {
		return p, err
	}
	if len(j.libraries()) == 0 && j.app.module.dependencies {
		err = j.runMaven(ctx, "libraries", mvn, "package", "dependency:copy-dependencies", "-DincludeScope=runtime")
	}
	p.paths = append(p.paths, j.libraries()...)
	return p, err
}

// runMaven runs goals for the program's module and what it is made from.
func (j *job) runMaven(ctx context.Context, step string, mvn []string, goals ...string) error {
	title := append(slices.Clone(mvn), "-B", "-DskipTests")
	store := filepath.Join(j.request.SharedCacheDir, "m2", "repository")
	flags := []string{"-Dstyle.color=never", "-Dmaven.repo.local=" + store}
	if j.module != "." {
		title = append(title, "-pl", j.module, "-am")
	}
	if j.request.NoCache {
		title = append(title, "-U")
	}
	argv := slices.Concat(title, flags, goals)
	return j.run(ctx, j.top, step, words(append(title, goals...)), store, argv)
}

// findReactor looks for the build that the app's folder is a module of: a
// module by itself would look for its siblings in the repository.
func (j *job) findReactor() {
	for dir := j.top; dir != j.request.App.SourceDir && dir != filepath.Dir(dir); {
		dir = filepath.Dir(dir)
		files, err := hooks.OpenFiles(dir)
		if err != nil {
			return
		}
		p, err := readPom(files, ".")
		files.Close()
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(dir, j.top)
		if err == nil && slices.Contains(p.Modules, filepath.ToSlash(rel)) {
			j.top, j.module = dir, path.Join(filepath.ToSlash(rel), j.module)
		}
	}
}

// wrapper returns the command of a build tool: the app's own wrapper where it
// works, else the machine's.
func (j *job) wrapper(ctx context.Context, script, installed string) ([]string, error) {
	file := j.request.App.Upwards(script)
	_, missing := exec.LookPath(installed)
	if file == "" {
		if missing != nil {
			return nil, hooks.Fail(j.missingTool(installed))
		}
		return []string{installed}, nil
	}
	rel, err := filepath.Rel(j.top, file)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(rel, "/") { // it finds its own folder by its name
		rel = "./" + rel
	}
	own := []string{"sh", rel} // it may have lost its mode on the way
	failed := j.b.Step("wrapper", script+" --version").End(j.b.Run(ctx, j.top, append(own, "--version"), j.env()...))
	if failed == nil || ctx.Err() != nil {
		return own, failed
	}
	if missing != nil {
		return nil, hooks.Fail(j.brokenWrapper(script, failed, slot.SeverityError, installed+" is not installed here either",
			"let the machine reach that address, change it to one that it reaches, or "+j.missingTool(installed).Hint))
	}
	return j.fallBack(ctx, script, installed, failed)
}

// fallBack returns the machine's tool in the place of a wrapper that does not
// work. Any Maven builds what another does; of Gradle that holds for later
// versions of the same line only.
func (j *job) fallBack(ctx context.Context, script, installed string, failed error) ([]string, error) {
	instead := "the machine's " + installed + " is used"
	if installed == "gradle" {
		want, have, err := j.gradleVersions(ctx)
		if err != nil {
			return nil, err
		}
		if !builds(have, want) {
			return nil, hooks.Fail(j.brokenWrapper(script, failed, slot.SeverityError, "the installed Gradle "+have+" cannot stand for "+want,
				"let the machine reach that address, change it to one that it reaches, or install Gradle "+want))
		}
		instead = "the machine's Gradle " + have + " is used"
	}
	j.b.Diagnose(j.brokenWrapper(script, failed, slot.SeverityWarning, instead, "let the machine reach that address, or change it to one that it reaches"))
	return []string{installed}, nil
}

// download matches what curl, wget and Java say of a download that failed. Both
// wrappers use them.
var download = lazyregexp.New(`(?i)failed to (?:fetch|download|connect)|curl: \(|wget: |UnknownHost|ConnectException|SocketTimeout|SSLHandshake|FileNotFoundException: http|IOException: (?:Downloading|Server returned)|Downloading from .* failed`)

func (j *job) brokenWrapper(script string, failed error, severity slot.Severity, then, hint string) slot.Diagnostic {
	d := slot.Diagnostic{
		Severity: severity, Code: "java.wrapper", File: script,
		Summary: script + " does not work: " + failed.Error() + "; " + then, Hint: hint,
	}
	var command *hooks.CommandError
	if !errors.As(failed, &command) {
		return d
	}
	d.Detail = strings.Join(command.Output[max(0, len(command.Output)-3):], "\n")
	if address := j.distribution(script); address != "" && download.MatchString(strings.Join(command.Output, "\n")) {
		d.Summary = script + " could not get its " + j.toolName() + " from " + address + "; " + then
	} else {
		d.Hint = "run sh " + script + " --version on your machine, and write it again with mvn wrapper:wrapper or gradle wrapper"
	}
	return d
}

func (j *job) missingTool(installed string) slot.Diagnostic {
	hint := mavenHint
	if installed == "gradle" {
		hint = gradleHint
	}
	return slot.Diagnostic{Code: "java." + installed + "_missing", Summary: "the app is built with " + installed + ", which is not installed on this machine", Hint: hint}
}
