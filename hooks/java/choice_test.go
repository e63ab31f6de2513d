package java

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

func TestMajor_ReadsAllWaysToNameAJava(t *testing.T) {
	for version, want := range map[string]int{
		"17": 17, "17.0.15": 17, "1.8": 8, "1.8.0_402": 8, "21.0.2-tem": 21, "temurin-21.0.1+12.0.LTS": 21, "openjdk64-17.0.1": 17, "system": 0, "": 0,
	} {
		if got := major(version); got != want {
			t.Errorf("major(%q) is %d, want %d", version, got, want)
		}
	}
}

// A folder that looks like a JDK is one for findJDKs.
func fakeJDK(t *testing.T, dir, version string) string {
	t.Helper()
	home := filepath.Join(dir, "jdk-"+version)
	err := errors.Join(
		os.MkdirAll(filepath.Join(home, "bin"), 0o755),
		os.WriteFile(filepath.Join(home, "bin", "javac"), nil, 0o755),
		os.WriteFile(filepath.Join(home, "bin", "java"), nil, 0o755),
		os.WriteFile(filepath.Join(home, "release"), []byte("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\""+version+"\"\n"), 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
	return home
}

func TestChooseJDK_TakesTheOneThatTheAppAsksFor(t *testing.T) {
	dir := t.TempDir()
	own := fakeJDK(t, dir, "17.0.1")
	for _, v := range []string{"11.0.2", "21.0.3", "25"} {
		fakeJDK(t, dir, v)
	}
	t.Setenv("PATH", filepath.Join(own, "bin"))
	t.Setenv("JAVA_HOME", "")
	all := findJDKs([]string{dir})
	if len(all) != 4 || all[0].home != own || all[0].java() != "java" {
		t.Fatalf("got %+v", all)
	}
	for _, tt := range []struct {
		want     string
		compiles bool
		got      string
	}{
		{"", false, "17.0.1"}, {"17", true, "17.0.1"}, {"8", true, "17.0.1"}, {"11", true, "17.0.1"}, {"11", false, "11.0.2"},
		{"21", true, "21.0.3"}, {"temurin-21", false, "21.0.3"}, {"22", true, "25"},
	} {
		a := &app{version: wanted{hooks.Version{Requested: tt.want}, tt.compiles}}
		j, err := a.chooseJDK(nil, all)
		if err != nil || j.version != tt.got {
			t.Errorf("%q, compiles %v: got %q, %v; want %q", tt.want, tt.compiles, j.version, err, tt.got)
		}
		if j.version != "17.0.1" && j.java() != filepath.Join(dir, "jdk-"+tt.got, "bin", "java") {
			t.Errorf("it starts %q", j.java())
		}
	}
	a := &app{version: wanted{hooks.Version{Requested: "26", Source: "pom.xml maven.compiler.release"}, true}}
	_, err := a.chooseJDK(nil, all)
	var failure *hooks.Failure
	if !errors.As(err, &failure) || failure.Diagnostic.Code != "java.version" ||
		failure.Diagnostic.Summary != "the app asks for Java 26 (pom.xml maven.compiler.release), and this machine has Java 17.0.1, 11.0.2, 21.0.3 and 25" {
		t.Errorf("got %v", err)
	}
}

func TestFindJDKs_PrefersJavaHome(t *testing.T) {
	dir := t.TempDir()
	own, other := fakeJDK(t, dir, "17.0.1"), fakeJDK(t, dir, "21.0.3")
	t.Setenv("PATH", filepath.Join(own, "bin"))
	t.Setenv("JAVA_HOME", other)
	if all := findJDKs(nil); len(all) != 2 || all[0].home != other || all[0].plain || !all[1].plain {
		t.Errorf("got %+v", all)
	}
}

func jar(t *testing.T, file, manifest string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	w, err := z.Create("META-INF/MANIFEST.MF")
	if err == nil {
		_, err = w.Write([]byte("Manifest-Version: 1.0\r\n" + manifest + "\r\n"))
	}
	if err := errors.Join(err, z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestPick_FindsTheProgramAmongTheJars(t *testing.T) {
	const started = "Main-Class: com.example.App"
	for _, tt := range []struct {
		name string
		jars map[string]string // to a line of the manifest
		tool tool
		mod  module
		want string // the jar, or a part of the problem's summary
	}{
		{"the only one", map[string]string{"target/app-1.0.jar": started}, toolMaven, module{}, "target/app-1.0.jar"},
		{"not sources and javadoc", map[string]string{
			"target/app-1.0.jar": started, "target/app-1.0-sources.jar": started, "target/app-1.0-javadoc.jar": started, "target/original-app-1.0.jar": started,
		}, toolMaven, module{}, "target/app-1.0.jar"},
		{"the one that can be started", map[string]string{"target/app-1.0.jar": "", "target/app-1.0-exec.jar": started}, toolMaven, module{}, "target/app-1.0-exec.jar"},
		{"the one with its libraries", map[string]string{"target/app-1.0.jar": started, "target/app-1.0-jar-with-dependencies.jar": started}, toolMaven, module{}, "target/app-1.0-jar-with-dependencies.jar"},
		{"Spring Boot by Gradle", map[string]string{"build/libs/app.jar": started, "build/libs/app-plain.jar": ""}, toolGradle, module{}, "build/libs/app.jar"},
		{"Quarkus", map[string]string{"target/app-1.0.jar": "", "target/quarkus-app/quarkus-run.jar": started}, toolMaven, module{}, "target/quarkus-app/quarkus-run.jar"},
		{"a module", map[string]string{"web/target/web.jar": started}, toolMaven, module{dir: "web"}, "web/target/web.jar"},
		{"a war that starts itself", map[string]string{"target/app.war": started}, toolMaven, module{}, "target/app.war"},
		{"a plain jar with one class to start", map[string]string{"target/app.jar": ""}, toolMaven, module{mains: []string{"App"}}, "target/app.jar+App"},
		{"a plain jar with several", map[string]string{"target/app.jar": ""}, toolMaven, module{mains: []string{"A", "B"}}, "does not say which class to start"},
		{"several", map[string]string{"target/a.jar": started, "target/b.jar": started}, toolMaven, module{}, "several jars that can be started: a.jar, b.jar"},
		{"a plain war", map[string]string{"target/app.war": ""}, toolMaven, module{}, "servlet container"},
		{"none", nil, toolMaven, module{}, "there is no jar in target"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, line := range tt.jars {
				jar(t, filepath.Join(dir, name), line)
			}
			j := &job{app: &app{tool: tt.tool, module: tt.mod}, request: hooks.BuildRequest{App: hooks.App{AppDir: dir}}}
			p, needsPath, err := j.pick()
			got := p.jar
			if needsPath {
				got = strings.Join(p.paths, ":") + "+" + p.main
			}
			if err != nil {
				got = err.Error()
				if d := err.(*hooks.Failure).Diagnostic; d.Hint == "" {
					t.Errorf("no hint in %+v", d)
				}
			}
			if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlan_QuotesWhatAShellWouldRead(t *testing.T) {
	a := &app{framework: framework{"x", "x.port", "x.host"}}
	got := a.plan(program{jar: "target/my app's.jar"}, jdk{home: "/opt/jdk"})
	want := `/opt/jdk/bin/java -Djava.io.tmpdir="$TMPDIR" -Dx.port="$PORT" -Dx.host="$HOST" -jar 'target/my app'\''s.jar'`
	if web := got.Web(); web == nil || web.Shell != want || got.Env["JAVA_HOME"] != "/opt/jdk" {
		t.Errorf("got %+v, want %s", got, want)
	}
	if err := (&slot.LaunchPlan{Processes: got.Processes, Env: got.Env}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestBuilds_AGradleOfTheSameLine(t *testing.T) {
	for _, tt := range []struct {
		have, want string
		ok         bool
	}{
		{"8.10", "8.5", true}, {"8.5", "8.5", true}, {"8.4", "8.5", false}, {"4.4.1", "8.5", false}, {"9.0", "8.5", false}, {"8.10.2", "8.10", true}, {"4.4.1", "of the wrapper", false},
	} {
		if got := builds(tt.have, tt.want); got != tt.ok {
			t.Errorf("builds(%q, %q) is %v", tt.have, tt.want, got)
		}
	}
}
