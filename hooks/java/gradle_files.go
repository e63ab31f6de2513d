package java

import (
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// gradleFile returns the build file of a folder, "" without one.
func gradleFile(files *hooks.Files, dir string) string {
	return files.First(path.Join(dir, "build.gradle"), path.Join(dir, "build.gradle.kts"))
}

func gradleSettings(files *hooks.Files) string {
	return files.First("settings.gradle", "settings.gradle.kts")
}

var (
	gradleInclude = lazyregexp.New(`(?m)^\s*include\s*\(?([^)\n]*(?:,\s*\n[^)\n]*)*)`)
	gradleName    = lazyregexp.New(`rootProject\.name\s*=\s*["']([^"']+)["']`)
	quoted        = lazyregexp.New(`["']([^"']+)["']`)
	gradleJava    = lazyregexp.New(`(JavaLanguageVersion\.of|jvmToolchain|options\.release(?:\.set|\s*=)?|sourceCompatibility\s*=?|targetCompatibility\s*=?)\s*\(?\s*["']?(?:JavaVersion\.VERSION_)?(?:1[._])?(\d+)`)
	applies       = lazyregexp.New(`(?:id\s*\(?\s*["']|plugin:\s*["'])application["']|(?m)^\s*` + "`?" + `application` + "`?" + `\s*(?:\{|$)`)
	bootPlugin    = lazyregexp.New(`id\s*\(?\s*["']org\.springframework\.boot["']|plugin:\s*["'](?:org\.springframework\.boot|spring-boot)["']|libs\.plugins\.spring\.?[bB]oot`)
	needsJars     = lazyregexp.New(`(?m)^\s*(?:implementation|api|compile|runtimeOnly|runtime)\b`)
)

// readGradle reads the app's build file and those of its projects.
func (a *app) readGradle(files *hooks.Files) error {
	a.tool, a.framework = toolGradle, framework{name: "gradle"}
	settings := gradleSettings(files)
	dirs, project := []string{"."}, "app"
	if settings != "" {
		data, err := files.Read(settings)
		if err != nil {
			return err
		}
		text := codeComment.ReplaceAllString(string(data), "")
		if m := gradleName.FindStringSubmatch(text); m != nil {
			project = m[1]
		}
		for _, include := range gradleInclude.FindAllStringSubmatch(text, -1) {
			for _, m := range quoted.FindAllStringSubmatch(include[1], -1) {
				dirs = append(dirs, path.Clean(strings.ReplaceAll(strings.TrimPrefix(m[1], ":"), ":", "/")))
			}
		}
	}
	for _, dir := range dirs[:min(len(dirs), maxModules)] {
		name := gradleFile(files, dir)
		if name == "" {
			continue
		}
		if len(a.evidence) == 0 {
			a.evidence = append(a.evidence, name)
		}
		data, err := files.Read(name)
		if err != nil {
			return err
		}
		text := codeComment.ReplaceAllString(string(data), "")
		if f := frameworkOf(text); f.name != "" && a.framework.port == "" {
			a.framework = f
		}
		for _, m := range gradleJava.FindAllStringSubmatch(text, -1) {
			a.asks(m[2], strings.TrimRight(m[1], " =("), name)
		}
		m := module{
			dir: dir, jar: project + ".jar", mains: mainsOf(files, dir), boot: bootPlugin.MatchString(text),
			dependencies: needsJars.MatchString(text),
		}
		m.installs = applies.MatchString(text) && !m.boot && a.framework.name != "quarkus"
		m.plugin = m.installs || m.boot || strings.Contains(text, "io.quarkus") || strings.Contains(text, "Main-Class")
		if len(m.mains) > 0 || m.plugin || len(dirs) == 1 {
			a.modules = append(a.modules, m)
		}
	}
	if len(a.evidence) == 0 {
		a.evidence = []string{settings}
	}
	return nil
}
