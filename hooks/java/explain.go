package java

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// rules recognises what Maven, Gradle and their plugins print when they fail,
// the cause before its consequences. Sources: Maven 3.8, Gradle 4.4 and 8,
// javac 17.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	const network = "check the network, the proxy in Maven's settings.xml or Gradle's gradle.properties, and deploy again"
	return []hooks.Rule{
		rule(`OutOfMemoryError|^Killed$|Cannot allocate memory|insufficient memory for the Java Runtime|Gradle build daemon disappeared`, "java.oom", "the build ran out of memory",
			"stop an app for the build, give the machine more memory, or start slot with MAVEN_OPTS or GRADLE_OPTS set to -Xmx1g"),
		rule(`No space left on device`, "java.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
		rule(`No compiler is provided in this environment|Could not find tools\.jar|does not provide the required capabilities: \[JAVA_COMPILER\]`, "java.missing",
			"this machine has a Java to run programs, but no compiler (javac)", jdkHint+", then deploy again"),
		rule(`release version (\d+) not supported|invalid (?:target|source) release: (\d+)`, "java.version",
			"the app is written for Java $1$2, and the Java that builds it is older", "install Java $1$2, or set the release in the build file to what this machine has"),
		rule(`[Ss]ource option (\d+) is no longer supported. Use (\d+)|[Ss]ource option (\d+) is no longer supported`, "java.source_too_old",
			"the build asks for Java $1$3, which this machine's Java does not compile any more",
			"for Maven set the properties maven.compiler.source and maven.compiler.target to 17; for Gradle set sourceCompatibility"),
		rule(`[Cc]annot find a Java installation .*languageVersion=(\d+)|No (?:matching|compatible) toolchains? found|No locally installed toolchains match`, "java.version",
			"Gradle's toolchain asks for a Java that is not installed", "install it, or change languageVersion in the build file to what this machine has"),
		rule(`Unsupported class file major version (\d+)|Could not determine java version from '([^']+)'`, "java.gradle_too_old",
			"this Gradle is too old for the Java that runs it", "set a newer Gradle in gradle/wrapper/gradle-wrapper.properties, or ask for an older Java with .java-version"),
		rule(`Could not find artifact (\S+) in |Failure to find (\S+) in `, "java.dependency_missing", "there is no $1$2 in the repositories",
			"check group, name and version in the pom.xml; a private repository belongs into pom.xml or settings.xml"),
		rule(`Could not find ([\w.-]+:[\w.-]+:[\w.+-]+)\.`, "java.dependency_missing", "there is no $1 in the repositories",
			"check group, name and version, and the repositories block in the build file"),
		rule(`Plugin \[id: '([^']+)'.*\] was not found`, "java.plugin_missing", "Gradle finds no plugin $1", "check its name and version, and pluginManagement in the settings"),
		rule(`No plugin found for prefix '([^']+)'`, "java.plugin_missing", "Maven finds no plugin $1", "check its name in the build command"),
		rule(`Cannot resolve external dependency (\S+) because no repositories are defined`, "java.no_repositories", "the build file names dependencies, but no repository",
			"add repositories { mavenCentral() }"),
		rule(`Could not transfer artifact|Could not (?:GET|HEAD) '|Unknown host|UnknownHostException|Connection refused|Connect to .* failed|timed out|PKIX path building failed|status code:? (?:401|403|407|5\d\d)`,
			"java.repository", "a repository of dependencies could not be reached", network),
		rule(`'?(dependencies\.dependency\.version|dependencies\.dependency\S*)'? for (\S+?):?(?:jar)? is missing`, "java.pom_invalid", "the pom.xml names no version of $2",
			"add it, or a parent or a dependencyManagement that does"),
		rule(`(?:Non-parseable|Malformed) POM \S+: (.+?) (?:\(position|@)`, "java.pom_invalid", "the pom.xml cannot be read: $1", "correct it; mvn validate shows the same on your machine"),
		rule(`Child module (\S+) of .* does not exist`, "java.module_missing", "a pom.xml names a module that is not in the repository", "commit it, or take it out of modules"),
		rule(`There (?:are|were) (?:test failures|failing tests)`, "java.tests", "the tests of the app fail", "slot's own command leaves tests out: -DskipTests for Maven, assemble for Gradle"),
		rule(`(?:Unable to|Could not) find (?:a suitable )?main class`, "java.no_main_class", "the plugin found no class to start", "add one with a method main, or name it as mainClass"),
		rule(`Task '([^']+)' not found in`, "java.task_missing", "Gradle knows no task $1", "set build to the command that builds the app"),
	}
}

// explain tells the diagnostics of a failed build tool: the known causes, else
// the compiler's errors.
func (j *job) explain(step string, err error) error {
	var failed *hooks.CommandError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return hooks.Fail(slot.Diagnostic{Code: "java.missing", Summary: "a program of the build is not installed: " + err.Error(), Hint: jdkHint})
	case !errors.As(err, &failed):
		return err
	case failed.Signal == "killed":
		failed.Output = append(failed.Output, "Killed")
	}
	for _, d := range diagnose(failed, step, []string{j.request.App.AppDir, j.request.App.SourceDir}) {
		j.b.Diagnose(d)
	}
	return err
}

// diagnose finds at least one cause. Of the known ones the first is told: what
// follows it is a consequence. folders are cut off the paths of files.
func diagnose(failed *hooks.CommandError, step string, folders []string) []slot.Diagnostic {
	for i, line := range failed.Output { // Debian's Maven colours what it should not
		failed.Output[i] = colour.ReplaceAllString(line, "")
	}
	if found := hooks.Explain(rules(), failed.Output); len(found) > 0 {
		if m := pomPlace.FindStringSubmatch(found[0].Detail); m != nil {
			found[0].File = pomName
			found[0].Line, _ = strconv.Atoi(m[1])
		}
		return found[:1]
	}
	if found := compileErrors(failed.Output, folders); len(found) > 0 {
		return found
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityError, Code: "java." + step + "_failed", Summary: failed.Error(),
		Hint: "the last lines of its output say why; the same command fails the same way on your machine",
	}}
}

var (
	colour   = lazyregexp.New(`\x1b\[[0-9;]*m`)
	pomPlace = lazyregexp.New(`@ .*line (\d+), column \d+`)
)

// within returns a file relative to the first of the folders that it is below.
func within(file string, folders []string) string {
	for _, dir := range folders {
		if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsAbs(file) && !strings.HasPrefix(rel, "../") {
			return rel
		}
	}
	return file
}
