package java

import (
	"path"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// program is what is started.
type program struct {
	jar   string   // relative to the app's folder
	paths []string // or classes and jars,
	main  string   // with this class,
	start string   // or a script that Gradle wrote
}

// tmpProperty keeps what servers unpack in the app's own folder for such files:
// Java does not look at TMPDIR.
const tmpProperty = ` -Djava.io.tmpdir="$TMPDIR"`

// plan starts the program in the app's folder. The shell is there for the
// variables and gives way to Java.
func (a *app) plan(p program, j jdk) slot.LaunchPlan {
	var plan slot.LaunchPlan
	if !j.plain {
		plan.Env = map[string]string{"JAVA_HOME": j.home}
	}
	if a.told {
		return plan
	}
	flags := tmpProperty + a.framework.properties()
	var line string // scripts read the quotes in JAVA_OPTS as a shell would
	switch {
	case p.start != "":
		line = `env JAVA_OPTS="$JAVA_OPTS` + strings.ReplaceAll(flags, `"`, `'`) + `" ` + word(p.start)
	case p.jar != "":
		line = word(j.java()) + flags + " -jar " + word(p.jar)
	default:
		line = word(j.java()) + flags + " -cp " + word(strings.Join(p.paths, ":")) + " " + p.main
	}
	plan.Processes = []slot.Process{{Type: slot.ProcessWeb, Shell: line}}
	return plan
}

// preview guesses the plan before anything is built.
func (a *app) preview() slot.LaunchPlan {
	m := a.module
	var p program
	switch {
	case a.tool == toolJavac:
		p = sourcesProgram(m)
	case a.framework.name == "quarkus":
		p.jar = path.Join(m.dir, outputDir(a.tool), quarkusJar)
	case m.installs:
		name := strings.TrimSuffix(m.jar, ".jar")
		if m.dir != "." {
			name = path.Base(m.dir)
		}
		p.start = path.Join(m.dir, "build/install", name, "bin", name)
	default:
		p.jar = path.Join(m.dir, jarDir(a.tool), m.jar)
	}
	return a.plan(p, jdk{plain: true})
}

// outputDir is where a tool writes, below a module; jarDir where jars are.
func outputDir(t tool) string {
	if t == toolGradle {
		return "build"
	}
	return "target"
}

func jarDir(t tool) string {
	if t == toolGradle {
		return "build/libs"
	}
	return "target"
}

const quarkusJar = "quarkus-app/quarkus-run.jar"

var plainPath = lazyregexp.New(`^[A-Za-z0-9_./:@%+,-]+$`)

// word is a path as one word of a shell's line.
func word(p string) string {
	if plainPath.MatchString(p) {
		return p
	}
	return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
}
