package java

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

const gradleHint = "commit the wrapper (gradle wrapper writes it); or apt-get install gradle, which is old in Debian"

// gradle builds the program: with the application plugin as a folder with a
// start script, else as a jar.
func (j *job) gradle(ctx context.Context) error {
	user := os.Getenv("GRADLE_USER_HOME")
	if user == "" {
		user = filepath.Join(os.Getenv("HOME"), ".gradle")
	}
	// Proxies, credentials and mirrors of the user.
	if err := hooks.Lend(user, filepath.Join(j.request.SharedCacheDir, "gradle"), "gradle.properties", "init.gradle", "init.gradle.kts", "init.d"); err != nil {
		return err
	}
	if settings := j.aboveSettings(); settings != "" {
		rel, err := filepath.Rel(filepath.Dir(settings), j.top)
		if err != nil {
			return err
		}
		j.top, j.module = filepath.Dir(settings), path.Join(filepath.ToSlash(rel), j.module)
	}
	argv, err := j.wrapper(ctx, "gradlew", "gradle")
	if err != nil {
		return err
	}
	task := "assemble"
	switch m := j.app.module; {
	case m.boot:
		task = "bootJar"
	case m.installs:
		task = "installDist"
	}
	if j.module != "." {
		task = ":" + strings.ReplaceAll(j.module, "/", ":") + ":" + task
	}
	flags := []string{"--no-daemon", "--console=plain", fmt.Sprintf("--max-workers=%d", max(j.request.Jobs, 1))}
	if !j.request.NoCache {
		flags = append(flags, "--build-cache")
	}
	return j.run(ctx, j.top, "build", words(append(slices.Clone(argv), task)), filepath.Join(j.request.SharedCacheDir, "gradle", "caches"), append(append(argv, flags...), task))
}

// aboveSettings returns the settings of the build that the app's folder is a
// project of.
func (j *job) aboveSettings() string {
	for _, name := range []string{"settings.gradle", "settings.gradle.kts"} {
		if file := j.request.App.Upwards(name); file != "" {
			return file
		}
	}
	return ""
}

var (
	distributionURL = lazyregexp.New(`(?m)^\s*distributionUrl\s*=\s*(\S+)`)
	gradleArchive   = lazyregexp.New(`gradle-(\d+(?:\.\d+)*)`)
	gradleBanner    = lazyregexp.New(`(?m)^Gradle (\S+)`)
)

// distribution returns the address from which a wrapper gets its tool.
func (j *job) distribution(script string) string {
	name := map[string]string{"gradlew": "gradle/wrapper/gradle-wrapper.properties", "mvnw": ".mvn/wrapper/maven-wrapper.properties"}[script]
	data, err := os.ReadFile(filepath.Join(filepath.Dir(j.request.App.Upwards(script)), name))
	if err != nil {
		return ""
	}
	if m := distributionURL.FindSubmatch(data); m != nil {
		return strings.ReplaceAll(string(m[1]), `\:`, ":")
	}
	return ""
}

// gradleVersions returns the Gradle that the wrapper wants and the machine's.
func (j *job) gradleVersions(ctx context.Context) (want, have string, err error) {
	want = "of the wrapper"
	if m := gradleArchive.FindStringSubmatch(j.distribution("gradlew")); m != nil {
		want = m[1]
	}
	cmd := exec.CommandContext(ctx, "gradle", "--version")
	cmd.Dir = j.request.TmpDir
	cmd.Env = append(os.Environ(), j.env()...)
	out, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("cannot ask gradle for its version: %w", err)
	}
	if m := gradleBanner.FindSubmatch(out); m != nil {
		have = string(m[1])
	}
	return want, have, nil
}

// builds reports whether a version of Gradle builds what is meant for another:
// it is of the same line and not older.
func builds(have, want string) bool {
	h, w := numbers(have), numbers(want)
	return h[0] == w[0] && h[0] > 0 && (h[1] > w[1] || h[1] == w[1] && h[2] >= w[2])
}

func numbers(version string) (n [3]int) {
	for i, part := range strings.SplitN(version, ".", 3) {
		n[i], _ = strconv.Atoi(part)
	}
	return n
}

func (j *job) toolName() string {
	if j.app.tool == toolGradle {
		return "Gradle"
	}
	return "Maven"
}

// words is a command as a person would type it.
func words(argv []string) string {
	return strings.TrimPrefix(strings.Join(argv, " "), "sh ")
}
