package host_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

const (
	javaMain   = "package demo;\n\npublic class App {\n    public static void main(String[] args) {\n        System.out.println(\"hello\");\n    }\n}\n"
	plainMain  = "class Main {\n    public static void main(String[] args) {\n        System.out.println(\"hello\");\n    }\n}\n"
	gradleJar  = "apply plugin: 'java'\njar { manifest { attributes 'Main-Class': 'demo.App' } }\n"
	gradleApp  = "apply plugin: 'java'\napply plugin: 'application'\nmainClassName = 'demo.App'\n"
	appSource  = "src/main/java/demo/App.java"
	gradleName = "rootProject.name = 'hello'\n"
)

// says starts the plan's web process as the engine does and returns what it
// prints.
func says(t *testing.T, app string, plan slot.LaunchPlan) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", "exec "+plan.Web().Shell)
	cmd.Dir = app
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "PORT=1", "HOST=127.0.0.1")
	for k, v := range plan.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", plan.Web().Shell, err)
	}
	return string(out)
}

// Gradle is the one of Debian, which needs no network for programs without
// dependencies. Maven downloads its plugins: the script java.txtar has it.
func TestJava_BuildsWithoutNetworkAndRuns(t *testing.T) {
	need(t, "javac")
	need(t, "gradle")
	h, dir := newHost(t)
	projects := map[string]string{
		"settings.gradle": gradleName + "include 'app', 'words'\n", "app/build.gradle": gradleApp + "dependencies { implementation project(':words') }\n",
		"words/build.gradle": "apply plugin: 'java'\n", "words/src/main/java/demo/Words.java": "package demo;\n\npublic class Words {\n    public static String hello() {\n        return \"hello\";\n    }\n}\n",
		"app/" + appSource: strings.Replace(javaMain, `"hello"`, "Words.hello()", 1),
	}
	for _, tt := range []struct {
		name      string
		files     map[string]string
		root      string
		overrides hooks.Overrides
		steps     []string
		starts    string
	}{
		{"files alone", map[string]string{"Main.java": plainMain}, "", hooks.Overrides{},
			[]string{"javac Main.java"}, "-cp 'target/classes:lib/*' Main"},
		{"jar", map[string]string{"build.gradle": gradleJar, "settings.gradle": gradleName, appSource: javaMain}, "", hooks.Overrides{},
			[]string{"gradle assemble"}, "-jar build/libs/hello.jar"},
		{"projects", projects, "", hooks.Overrides{}, []string{"gradle :app:installDist"}, "app/build/install/app/bin/app"},
		{"root is a project", projects, "app", hooks.Overrides{}, []string{"gradle :app:installDist"}, "build/install/app/bin/app"},
		{"commands", map[string]string{"Main.java": plainMain}, "", hooks.Overrides{Install: "true", Build: "javac -d target/classes *.java"},
			[]string{"true", "javac -d target/classes *.java"}, "-cp 'target/classes:lib/*' Main"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fresh(t, dir, tt.files)
			app := filepath.Join(dir, "app", tt.root)
			result, steps, err := deploy(t, h, dir, func(r *host.BuildRequest) { r.App.AppDir, r.App.Overrides = app, tt.overrides })
			if err != nil {
				t.Fatalf("%v, %+v", err, result.Diagnostics)
			}
			var titles []string
			for _, s := range steps {
				titles = append(titles, strings.TrimSuffix(s.Detail, " (from cache)"))
			}
			if diff := cmp.Diff(tt.steps, titles); diff != "" {
				t.Error(diff)
			}
			if web := result.Plan.Web(); !strings.HasSuffix(web.Shell, tt.starts) {
				t.Errorf("it starts %q, want %q", web.Shell, tt.starts)
			}
			if err := os.RemoveAll(filepath.Join(dir, "cache")); err != nil { // which a release must not need
				t.Fatal(err)
			}
			if got := says(t, app, result.Plan); got != "hello\n" {
				t.Errorf("the program said %q", got)
			}
		})
	}
}

// installedGradle returns the version of the machine's Gradle.
func installedGradle(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("gradle", "--version").Output()
	m := regexp.MustCompile(`(?m)^Gradle (\S+)`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("cannot ask gradle for its version: %v, %s", err, out)
	}
	return string(m[1])
}

func TestJava_ExplainsFailures(t *testing.T) {
	need(t, "javac")
	need(t, "gradle")
	h, dir := newHost(t)
	have := installedGradle(t)
	wrapper := func(version string) map[string]string {
		return map[string]string{
			"build.gradle": gradleJar, "settings.gradle": gradleName, appSource: javaMain,
			"gradle/wrapper/gradle-wrapper.properties": "distributionUrl=https\\://gradle.example.com/gradle-" + version + "-bin.zip\n",
			"gradlew": "#!/bin/sh\necho 'Exception in thread \"main\" java.net.UnknownHostException: gradle.example.com' >&2\nexit 1\n",
		}
	}
	for _, tt := range []struct {
		code, where, summary string
		files                map[string]string
		works                bool
	}{
		{"java.compile", "Main.java:1", "", map[string]string{"Main.java": "class Main { public static void main(String[] a) { foo(); } }\n"}, false},
		{"java.pom_invalid", "pom.xml:2", "", map[string]string{"pom.xml": "<project>\n<oops></project>\n"}, false},
		{"java.version", "", "the app asks for Java 999 (pom.xml maven.compiler.release)", map[string]string{
			"pom.xml": "<project><properties><maven.compiler.release>999</maven.compiler.release></properties></project>\n", appSource: javaMain,
		}, false},
		{"java.version", "", "it is built with", map[string]string{
			".java-version": "999\n", "Main.java": plainMain,
		}, true},
		{"java.wrapper", "gradlew", "gradlew could not get its Gradle from https://gradle.example.com/gradle-999.1-bin.zip; the installed Gradle " + have + " cannot stand for 999.1", wrapper("999.1"), false},
		{"java.wrapper", "gradlew", `gradlew does not work: "sh ./gradlew --version" ended with code 2; the machine's Gradle ` + have + ` is used`, map[string]string{
			"build.gradle": gradleJar, "settings.gradle": gradleName, appSource: javaMain, "gradlew": "exit 2\n",
			"gradle/wrapper/gradle-wrapper.properties": "distributionUrl=https\\://gradle.example.com/gradle-" + have + "-all.zip\n",
		}, true},
	} {
		t.Run(tt.code, func(t *testing.T) {
			fresh(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, nil)
			i := slices.Index(codes(result.Diagnostics), tt.code)
			if err != nil == tt.works || i < 0 || result.Diagnostics[i].Hint == "" {
				t.Fatalf("got %v, %+v", err, result.Diagnostics)
			}
			d := result.Diagnostics[i]
			file, _, _ := strings.Cut(tt.where, ":")
			if d.File != file || strings.Contains(tt.where, ":") && d.Line == 0 || !strings.Contains(d.Summary, tt.summary) {
				t.Errorf("got %+v, want %s", d, tt.where)
			}
		})
	}
}

func TestJava_NamesWhatTheMachineLacks(t *testing.T) {
	need(t, "javac")
	pom := map[string]string{"pom.xml": "<project><artifactId>x</artifactId></project>", appSource: javaMain}
	for _, tt := range []struct {
		name, code, hint string
		files            map[string]string
	}{
		{"Maven", "java.mvn_missing", "apt-get install maven", pom},
		{"Gradle", "java.gradle_missing", "apt-get install gradle", map[string]string{"build.gradle": gradleJar, appSource: javaMain}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := pathOf(t, "javac", "java")
			o := options(dir)
			o.BaseEnv = func() []string { return []string{"PATH=" + path, "HOME=" + dir} }
			h, err := host.New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			write(t, dir, tt.files)
			result, _, err := deploy(t, h, dir, nil)
			if err == nil || !slices.Contains(codes(result.Diagnostics), tt.code) || !strings.Contains(slot.AsError(err).Hint, tt.hint) {
				t.Errorf("got %v, %+v", err, result.Diagnostics)
			}
		})
	}
}

// Maven 3.8 has no locks for its repository: two builds at once wait for each
// other. Here the test holds what another slot's build would.
func TestJava_WaitsForTheMavenOfAnotherSlot(t *testing.T) {
	need(t, "javac")
	h, dir := newHost(t)
	write(t, dir, map[string]string{"pom.xml": "<project><artifactId>x</artifactId></project>", appSource: javaMain})
	store := filepath.Join(dir, "cache", "shared", "java", "m2")
	if err := os.MkdirAll(store, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(filepath.Join(store, "slot.lock"))
	if err == nil {
		err = unix.Flock(int(lock.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	r := request(dir, "java")
	r.App.Overrides = hooks.Overrides{Build: "echo building; exit 1"}
	var said []string
	_, err = h.Build(t.Context(), r, func(e slot.Event) {
		if e.Line == nil {
			return
		}
		said = append(said, e.Line.Text)
		if strings.Contains(e.Line.Text, "waiting") {
			lock.Close()
		}
	})
	if err == nil || !slices.Equal(said, []string{"waiting for another slot's Maven to end", "building"}) {
		t.Errorf("got %q, %v", said, err)
	}
}
