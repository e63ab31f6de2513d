package java

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// job is one build.
type job struct {
	app     *app
	request hooks.BuildRequest
	b       *hooks.Build
	jdk     jdk
	top     string // absolute: where the build tool runs
	module  string // the program's module, relative to top with slashes
}

// Build runs Maven, Gradle or javac and finds the program that they left.
func (hook) Build(ctx context.Context, r hooks.BuildRequest, b *hooks.Build) (hooks.Result, error) {
	none := hooks.Result{}
	files, err := hooks.OpenFiles(r.App.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	a, err := read(files, r.App)
	if errors.Is(err, fs.ErrNotExist) { // chosen by name
		return none, hooks.Fail(slot.Diagnostic{
			Code: "java.nothing", Summary: "there is no pom.xml, no build.gradle and no Main.java",
			Hint: "set root to the folder that has one",
		})
	}
	if err != nil {
		return none, err
	}
	if a.problem != nil {
		return none, hooks.Fail(*a.problem)
	}
	j := &job{app: a, request: r, b: b, top: r.App.AppDir, module: a.module.dir}
	if a.told { // which may name any of them
		j.module = "."
	}
	if j.jdk, err = a.chooseJDK(b, findJDKs(jdkFolders())); err != nil {
		return none, err
	}
	if a.tool == toolMaven {
		unlock, err := lockRepository(ctx, b, filepath.Join(r.SharedCacheDir, "m2"))
		if err != nil {
			return none, err
		}
		defer unlock()
	}
	if err := j.b.UserCommand(ctx, "install", r.App.Overrides.Install, j.env()...); err != nil {
		return none, err
	}
	p, err := j.build(ctx)
	if err != nil {
		return none, err
	}
	v := a.version.Version
	v.Tool, v.Resolved = "java", j.jdk.version
	return hooks.Result{Plan: a.plan(p, j.jdk), Versions: []hooks.Version{v}}, nil
}

// build makes the program.
func (j *job) build(ctx context.Context) (program, error) {
	o := j.request.App.Overrides
	switch {
	case o.SkipBuild:
	case o.Build != "":
		if err := j.b.UserCommand(ctx, "build", o.Build, j.env()...); err != nil {
			return program{}, err
		}
	case j.app.tool == toolJavac:
		return sourcesProgram(j.app.module), j.javac(ctx)
	case j.app.tool == toolMaven:
		return j.maven(ctx)
	default:
		if err := j.gradle(ctx); err != nil {
			return program{}, err
		}
	}
	switch {
	case j.app.told:
		return program{}, nil
	case j.app.tool == toolJavac:
		return sourcesProgram(j.app.module), nil
	}
	p, needsPath, err := j.pick()
	if err == nil && needsPath && j.app.module.dependencies && j.app.tool == toolGradle {
		return p, hooks.Fail(j.app.noProgram(path.Join(j.app.module.dir, jarDir(toolGradle)), []string{path.Base(p.paths[0])}, nil))
	}
	p.paths = append(p.paths, j.libraries()...)
	return p, err
}

// libraries returns the folders of jars beside a plain one, as Java's class
// paths name them.
func (j *job) libraries() []string {
	var all []string
	for _, dir := range []string{"target/lib", "target/dependency", "lib"} {
		rel := path.Join(j.app.module.dir, dir)
		if jars, _ := filepath.Glob(filepath.Join(j.request.App.AppDir, rel, "*.jar")); len(jars) > 0 {
			all = append(all, rel+"/*")
		}
	}
	return all
}

// classesDir is where programs without a build tool are compiled to.
const classesDir = "target/classes"

// javac compiles the Java files of the app's folder. They could be started as
// they are, but then a mistake would show at the start only, and each start
// would compile again.
func (j *job) javac(ctx context.Context) error {
	sources, err := filepath.Glob(filepath.Join(j.request.App.AppDir, "*.java"))
	if err != nil {
		return err
	}
	argv := []string{filepath.Join(j.jdk.home, "bin", "javac"), "-encoding", "UTF-8", "-d", classesDir}
	if libs := j.libraries(); len(libs) > 0 {
		argv = append(argv, "-cp", strings.Join(libs, ":"))
	}
	for _, s := range sources {
		argv = append(argv, filepath.Base(s))
	}
	return j.run(ctx, j.request.App.AppDir, "build", "javac "+j.app.evidence[0], "", argv)
}

// sourcesProgram is the program that javac makes.
func sourcesProgram(m module) program {
	return program{paths: []string{classesDir, "lib/*"}, main: m.mains[0]}
}

// env makes both tools use the chosen JDK and folders of slot's. A user's own
// options come first, so that slot's win.
func (j *job) env() []string {
	store := func(name string) string { return filepath.Join(j.request.SharedCacheDir, name) }
	jvm := "-XX:-UsePerfData" // a file in /tmp otherwise
	repository := ""
	if !strings.ContainsAny(j.request.TmpDir+j.request.SharedCacheDir, " \t") { // mvn would split them
		jvm += " -Djava.io.tmpdir=" + j.request.TmpDir
		repository = " -Dmaven.repo.local=" + store("m2/repository")
	}
	return []string{
		"JAVA_HOME=" + j.jdk.home, "PATH=" + filepath.Join(j.jdk.home, "bin") + ":" + os.Getenv("PATH"),
		"MAVEN_OPTS=" + strings.TrimSpace(os.Getenv("MAVEN_OPTS")+" "+jvm+repository),
		"MAVEN_USER_HOME=" + store("m2"),
		"GRADLE_OPTS=" + strings.TrimSpace(os.Getenv("GRADLE_OPTS")+" "+jvm+" -Dorg.gradle.daemon=false"),
		"GRADLE_USER_HOME=" + store("gradle"),
	}
}

// run runs a command as a step and explains its failure. store is a folder of
// downloads, "" where the command has none.
func (j *job) run(ctx context.Context, dir, step, title, store string, argv []string) error {
	s := j.b.Step(step, title)
	if entries, _ := os.ReadDir(store); len(entries) > 0 {
		s.Cache(hooks.CacheHit)
	} else if store != "" {
		s.Cache(hooks.CacheMiss)
	}
	return j.explain(step, s.End(j.b.Run(ctx, dir, argv, j.env()...)))
}
