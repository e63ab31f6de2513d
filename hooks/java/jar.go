package java

import (
	"archive/zip"
	"bufio"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// pick returns the program that a build left in the module's folder. needsPath
// says that it is a plain jar whose class and libraries have to be named.
func (j *job) pick() (p program, needsPath bool, err error) {
	a, m := j.app, j.app.module
	here := func(parts ...string) string { return path.Join(append([]string{m.dir}, parts...)...) }
	abs := func(rel string) string { return filepath.Join(j.request.App.AppDir, filepath.FromSlash(rel)) }
	if quarkus := here(outputDir(a.tool), quarkusJar); exists(abs(quarkus)) {
		return program{jar: quarkus}, false, nil
	}
	if m.installs {
		scripts, _ := filepath.Glob(abs(here("build/install", "*", "bin", "*")))
		scripts = slices.DeleteFunc(scripts, func(s string) bool { return strings.HasSuffix(s, ".bat") })
		if len(scripts) == 1 {
			rel, err := filepath.Rel(j.request.App.AppDir, scripts[0])
			return program{start: filepath.ToSlash(rel)}, false, err
		}
	}
	dir := here(jarDir(a.tool))
	var started, plain, wars []string
	entries, err := os.ReadDir(abs(dir))
	if err != nil && !os.IsNotExist(err) {
		return p, false, err
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case aside(name):
		case startable(abs(path.Join(dir, name))):
			started = append(started, name)
		case strings.HasSuffix(name, ".jar"):
			plain = append(plain, name)
		case strings.HasSuffix(name, ".war"):
			wars = append(wars, name)
		}
	}
	if whole := slices.DeleteFunc(slices.Clone(started), func(name string) bool { return !isWhole(name) }); len(whole) > 0 {
		started = whole
	}
	switch {
	case len(started) == 1:
		return program{jar: path.Join(dir, started[0])}, false, nil
	case len(started) > 1:
		return p, false, hooks.Fail(slot.Diagnostic{
			Code: "java.many_jars", Summary: "there are several jars that can be started: " + strings.Join(started, ", "),
			Hint: "set start to one, such as java -jar " + path.Join(dir, started[0]),
		})
	case len(plain) == 1 && len(m.mains) == 1:
		return program{paths: []string{path.Join(dir, plain[0])}, main: m.mains[0]}, true, nil
	}
	return p, false, hooks.Fail(a.noProgram(dir, plain, wars))
}

// noProgram says why nothing can be started.
func (a *app) noProgram(dir string, plain, wars []string) slot.Diagnostic {
	switch {
	case len(plain) > 0:
		hint := "name it as mainClass in the manifest of maven-jar-plugin"
		if a.tool == toolGradle {
			hint = "use the plugin application and set its mainClass"
		}
		d := slot.Diagnostic{
			Code: "java.no_main_class", Summary: path.Join(dir, plain[0]) + " does not say which class to start",
			Hint: hint + "; or set start, such as java -cp " + path.Join(dir, plain[0]) + " com.example.Main",
		}
		if len(a.module.mains) > 1 {
			d.Detail = "these have a method main: " + strings.Join(a.module.mains, ", ")
		}
		return d
	case len(wars) > 0:
		return slot.Diagnostic{
			Code: "java.war", Summary: path.Join(dir, wars[0]) + " needs a servlet container, which slot does not bring",
			Hint: "make it start by itself, as with Spring Boot or an embedded Jetty; or set start to the command that runs the container",
		}
	}
	return slot.Diagnostic{
		Code: "java.no_jar", Summary: "there is no jar in " + dir + " after the build",
		Hint: "let the build write one there, or set start to the command that runs the app",
	}
}

// aside reports whether a file is not the program by its name: sources and
// documentation, Spring Boot's jar without libraries, and what the shade plugin
// keeps of the jar that it replaced.
func aside(name string) bool {
	base := strings.TrimSuffix(name, ".jar")
	return strings.HasPrefix(name, "original-") || slices.ContainsFunc(
		[]string{"-sources", "-javadoc", "-tests", "-test-sources", "-test-fixtures", "-plain"},
		func(suffix string) bool { return strings.HasSuffix(base, suffix) })
}

// isWhole reports whether a jar holds its libraries, by the names that the
// plugins of both tools give such jars.
func isWhole(name string) bool {
	base := strings.TrimSuffix(name, ".jar")
	return slices.ContainsFunc(
		[]string{"-jar-with-dependencies", "-all", "-shaded", "-fat", "-uber", "-standalone", "-exec", "-runner"},
		func(suffix string) bool { return strings.HasSuffix(base, suffix) })
}

// startable reports whether the manifest of a jar or war names a class to start.
func startable(file string) bool {
	if ext := filepath.Ext(file); ext != ".jar" && ext != ".war" {
		return false
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		return false
	}
	defer archive.Close()
	manifest, err := archive.Open("META-INF/MANIFEST.MF")
	if err != nil {
		return false
	}
	defer manifest.Close()
	for lines := bufio.NewScanner(io.LimitReader(manifest, 1<<20)); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Main-Class:") {
			return true
		}
	}
	return false
}

func exists(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular()
}
