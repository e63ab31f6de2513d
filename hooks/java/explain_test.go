package java

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// The lines are what Maven 3.8.7, Gradle 4.4.1 and javac 17 print; those of
// Kotlin, of toolchains and of class files are Gradle 8's.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct {
		line, code, summary string
		at                  int
	}{
		{"[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.13.0:compile (default-compile) on project rel: Fatal error compiling: error: release version 99 not supported -> [Help 1]", "java.version", "the app is written for Java 99, and the Java that builds it is older", 0},
		{"[ERROR] Failed to execute goal on project tgt: Fatal error compiling: error: invalid target release: 99 -> [Help 1]", "java.version", "the app is written for Java 99, and the Java that builds it is older", 0},
		{"[ERROR] Source option 5 is no longer supported. Use 7 or later.", "java.source_too_old", "the build asks for Java 5, which this machine's Java does not compile any more", 0},
		{":compileJavaerror: Source option 6 is no longer supported. Use 7 or later.", "java.source_too_old", "", 0},
		{"[ERROR] No compiler is provided in this environment. Perhaps you are running on a JRE rather than a JDK?", "java.missing", "", 0},
		{"[ERROR] Failed to execute goal on project nodep: Could not resolve dependencies for project com.example:nodep:jar:1.0: Could not find artifact com.example.slot:nope:jar:9 in central (https://repository.example.com/)", "java.dependency_missing", "there is no com.example.slot:nope:jar:9 in the repositories", 0},
		{"> Could not find com.example.slot:nope:1.", "java.dependency_missing", "there is no com.example.slot:nope:1 in the repositories", 0},
		{"[FATAL] Non-resolvable parent POM for com.example.slot:noparent:1.0: Could not find artifact com.example.slot:par:pom:1 in central (https://repository.example.com/) and 'parent.relativePath' points at wrong local POM @ line 3, column 11", "java.dependency_missing", "there is no com.example.slot:par:pom:1 in the repositories", 3},
		{"[ERROR] 'dependencies.dependency.version' for org.slf4j:slf4j-api:jar is missing. @ line 7, column 29", "java.pom_invalid", "the pom.xml names no version of org.slf4j:slf4j-api", 7},
		{"[FATAL] Non-parseable POM /srv/app/pom.xml: end tag name </dependencies> must match start tag name <dependency> from line 7 (position: START_TAG seen ...<dependency></dependencies>... @7:44)  @ line 7, column 44", "java.pom_invalid", "the pom.xml cannot be read: end tag name </dependencies> must match start tag name <dependency> from line 7", 7},
		{"\x1b[0m\x1b[0m[ERROR] Malformed POM /srv/app/pom.xml: Unrecognised tag: 'foo' (position: START_TAG seen ...</artifactId>\\n  <foo>... @5:8)  @ /srv/app/pom.xml, line 5, column 8", "java.pom_invalid", "the pom.xml cannot be read: Unrecognised tag: 'foo'", 5},
		{"[ERROR] Child module /srv/app/api of /srv/app/pom.xml does not exist @ ", "java.module_missing", "", 0},
		{"[ERROR] Could not transfer artifact org.slf4j:slf4j-api:pom:2.0.12 from/to central (https://127.0.0.1:1/c): transfer failed: Connect to 127.0.0.1:1 [/127.0.0.1] failed: Connection refused -> [Help 1]", "java.repository", "", 0},
		{"         > Could not GET 'https://127.0.0.1:1/x/org/slf4j/slf4j-api/2.0.13/slf4j-api-2.0.13.pom'.", "java.repository", "", 0},
		{"> Cannot resolve external dependency org.slf4j:slf4j-api:2.0.13 because no repositories are defined.", "java.no_repositories", "", 0},
		{"Plugin [id: 'com.example.nope', version: '1'] was not found in any of the following sources:", "java.plugin_missing", "Gradle finds no plugin com.example.nope", 0},
		{"> Unsupported class file major version 69", "java.gradle_too_old", "", 0},
		{"Could not determine java version from '17.0.15'.", "java.gradle_too_old", "", 0},
		{"> Cannot find a Java installation on your machine (Linux 6.1 amd64) matching: {languageVersion=21, vendor=any vendor, implementation=vendor-specific}.", "java.version", "", 0},
		{"Task 'installDist' not found in root project 'x'.", "java.task_missing", "Gradle knows no task installDist", 0},
		{"[ERROR] There are test failures.", "java.tests", "", 0},
		{"java.lang.OutOfMemoryError: Java heap space", "java.oom", "", 0},
		{"java.io.IOException: No space left on device", "java.disk_full", "", 0},
		{"[ERROR] something new", "java.build_failed", "", 0},
	} {
		t.Run(tt.line, func(t *testing.T) {
			found := diagnose(&hooks.CommandError{Argv: []string{"mvn"}, Code: 1, Output: []string{"[INFO] Scanning", tt.line, "more"}}, "build", nil)
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" || found[0].Severity != slot.SeverityError || found[0].Line != tt.at {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
}

func TestDiagnose_TellsTheErrorsOfTheCompilersWithTheirPlaces(t *testing.T) {
	for _, tt := range []struct {
		name, output string
		want         []slot.Diagnostic
	}{
		{"Maven", `[ERROR] COMPILATION ERROR : 
[ERROR] /srv/a/src/web/src/main/java/Main.java:[1,59] cannot find symbol
  symbol:   method foo()
  location: class Main
[ERROR] /srv/a/src/web/src/main/java/Main.java:[4,74] incompatible types: java.lang.String cannot be converted to int
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.13.0:compile (default-compile) on project compile: Compilation failure: Compilation failure: 
[ERROR] /srv/a/src/web/src/main/java/Main.java:[1,59] cannot find symbol
[ERROR]   symbol:   method foo()
[ERROR]   location: class Main
[ERROR] /srv/a/src/web/src/main/java/Main.java:[4,74] incompatible types: java.lang.String cannot be converted to int`, []slot.Diagnostic{
			{Summary: "web/src/main/java/Main.java:1: cannot find symbol: method foo()", File: "web/src/main/java/Main.java", Line: 1},
			{Summary: "incompatible types: java.lang.String cannot be converted to int", File: "web/src/main/java/Main.java", Line: 4},
		}},
		{"Gradle", `/srv/a/src/app/src/main/java/demo/App.java:8: error: cannot find symbol
        var server = HttpServer.creat(1);
                               ^
  symbol:   method creat(int)
  location: class HttpServer
1 error`, []slot.Diagnostic{
			{Summary: "app/src/main/java/demo/App.java:8: cannot find symbol: method creat(int)", File: "app/src/main/java/demo/App.java", Line: 8},
		}},
		{"javac", "Main.java:3: error: ';' expected", []slot.Diagnostic{{Summary: "Main.java:3: ';' expected", File: "Main.java", Line: 3}}},
		{"Kotlin", "e: file:///srv/a/src/app/src/main/kotlin/app.kt:4:5 Unresolved reference 'foo'.", []slot.Diagnostic{
			{Summary: "app/src/main/kotlin/app.kt:4: Unresolved reference 'foo'.", File: "app/src/main/kotlin/app.kt", Line: 4},
		}},
		{"build file", `* Where:
Build file '/srv/a/src/build.gradle' line: 2

* What went wrong:
A problem occurred evaluating root project 'x'.
> Could not find method fooBar() for arguments [x] on root project 'x'.`, []slot.Diagnostic{
			{Summary: "build.gradle:2: Could not find method fooBar() for arguments [x] on root project 'x'.", File: "build.gradle", Line: 2},
		}},
		{"build file that is no Groovy", `Build file '/srv/a/src/build.gradle' line: 3
* What went wrong:
Could not compile build file '/srv/a/src/build.gradle'.
> startup failed:
  build file '/srv/a/src/build.gradle': 3: unexpected token:  @ line 3, column 1.`, []slot.Diagnostic{
			{Summary: "build.gradle:3: build file '/srv/a/src/build.gradle': 3: unexpected token:  @ line 3, column 1.", File: "build.gradle", Line: 3},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := diagnose(&hooks.CommandError{Output: strings.Split(tt.output, "\n")}, "build", []string{"/srv/a/src"})
			if len(found) == 0 || found[0].Hint == "" {
				t.Fatalf("got %+v", found)
			}
			for i := range found {
				if found[i].Code != "java.compile" || found[i].Detail == "" {
					t.Errorf("got %+v", found[i])
				}
				found[i].Code, found[i].Detail, found[i].Hint, found[i].Severity = "", "", "", ""
			}
			if diff := cmp.Diff(tt.want, found); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDiagnose_HintsAtTheDependencyOfAMissingPackage(t *testing.T) {
	found := diagnose(&hooks.CommandError{Output: []string{"[ERROR] /srv/a/src/Main.java:[1,18] package io.javalin does not exist"}}, "build", []string{"/srv/a/src"})
	if len(found) != 1 || !strings.Contains(found[0].Hint, "add the dependency") {
		t.Errorf("got %+v", found)
	}
}
