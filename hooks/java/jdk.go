package java

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const jdkHint = "apt-get install default-jdk-headless"

// jdk is a Java with a compiler.
type jdk struct {
	home    string
	version string // "17.0.15"
	plain   bool   // the one that "java" in PATH is
}

// jdkFolders are where JDKs stand side by side: Debian's and most packages',
// SDKMAN's, and those that IntelliJ downloads.
func jdkFolders() []string {
	home := os.Getenv("HOME")
	return []string{"/usr/lib/jvm", filepath.Join(home, ".sdkman", "candidates", "java"), filepath.Join(home, ".jdks")}
}

// findJDKs returns the JDKs of the machine, the one of JAVA_HOME or PATH first.
func findJDKs(folders []string) []jdk {
	plain := homeOf("java")
	homes := []string{os.Getenv("JAVA_HOME"), homeOf("javac")}
	for _, folder := range folders {
		found, _ := filepath.Glob(filepath.Join(folder, "*"))
		homes = append(homes, found...)
	}
	var all []jdk
	for _, home := range homes {
		home, err := filepath.EvalSymlinks(home)
		if err != nil || home == "" || slices.ContainsFunc(all, func(j jdk) bool { return j.home == home }) {
			continue
		}
		if info, err := os.Stat(filepath.Join(home, "bin", "javac")); err != nil || info.IsDir() {
			continue
		}
		if version := releaseOf(home); version != "" {
			all = append(all, jdk{home, version, home == plain})
		}
	}
	return all
}

// homeOf returns the JDK that a program in PATH belongs to, "" for none.
func homeOf(program string) string {
	path, err := exec.LookPath(program)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return ""
	}
	return filepath.Dir(filepath.Dir(path))
}

var javaVersion = lazyregexp.New(`(?m)^JAVA_VERSION="([^"]+)"`)

// releaseOf reads a JDK's own note of its version, which all have since Java 7.
func releaseOf(home string) string {
	data, err := os.ReadFile(filepath.Join(home, "release"))
	if err != nil {
		return ""
	}
	if m := javaVersion.FindSubmatch(data); m != nil {
		return string(m[1])
	}
	return ""
}

// chooseJDK returns the JDK that builds and runs the app: the machine's own
// where it will do, else another that is installed. A build file is content
// with a newer one; a file of versions means that very one.
func (a *app) chooseJDK(b *hooks.Build, all []jdk) (jdk, error) {
	want := major(a.version.Requested)
	if len(all) == 0 {
		d := slot.Diagnostic{Code: "java.missing", Summary: "this machine has no Java compiler (javac)", Hint: jdkHint + ", then deploy again"}
		if _, err := exec.LookPath("java"); err == nil {
			d.Summary = "this machine has a Java to run programs, but no compiler (javac)"
		}
		return jdk{}, hooks.Fail(d)
	}
	own := all[0]
	if have := major(own.version); have == want || have > want && a.version.compiles || want == 0 {
		return own, nil
	}
	for _, j := range all {
		if major(j.version) == want {
			return j, nil
		}
	}
	newer := slices.DeleteFunc(slices.Clone(all), func(j jdk) bool { return major(j.version) < want })
	slices.SortStableFunc(newer, func(x, y jdk) int { return major(x.version) - major(y.version) })
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "java.version",
		Summary: fmt.Sprintf("the app asks for Java %s (%s), and this machine has %s", a.version.Requested, a.version.Source, versionsOf(all)),
		Hint:    fmt.Sprintf("install it, with apt-get install openjdk-%d-jdk-headless or from https://adoptium.net; or ask for less", want),
	}
	switch {
	case len(newer) > 0 && a.version.compiles:
		return newer[0], nil
	case a.version.compiles:
		return jdk{}, hooks.Fail(d)
	case len(newer) > 0:
		own = newer[0]
	}
	d.Severity, d.Summary = slot.SeverityWarning, d.Summary+"; it is built with "+own.version
	b.Diagnose(d)
	return own, nil
}

// versionsOf lists the versions for people: "Java 17.0.15 and 25.0.3".
func versionsOf(all []jdk) string {
	text := "Java " + all[0].version
	for i, j := range all[1:] {
		if i == len(all)-2 {
			text += " and " + j.version
		} else {
			text += ", " + j.version
		}
	}
	return text
}

// java is the program to start apps with: a word where PATH has that very one.
func (j jdk) java() string {
	if j.plain {
		return "java"
	}
	return filepath.Join(j.home, "bin", "java")
}
