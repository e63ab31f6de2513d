package java

import (
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// wanted is the Java that an app asks for.
type wanted struct {
	hooks.Version
	compiles bool // the compiler is told to write for it: an older one cannot
}

// asks notes the highest version that a build file has the compiler write for.
func (a *app) asks(version, setting, file string) {
	if version != "" && major(version) > major(a.version.Requested) {
		a.version = wanted{hooks.Version{Tool: "java", Requested: version, Source: file + " " + setting}, true}
	}
}

// versionFiles are those that name a Java for the whole folder, with the
// pattern of the version.
var versionFiles = []struct {
	name    string
	pattern *lazyregexp.Regexp
}{
	{".java-version", lazyregexp.New(`^\s*(\S+)`)},
	{".sdkmanrc", lazyregexp.New(`(?m)^\s*java\s*=\s*(\S+)`)},
	{".tool-versions", lazyregexp.New(`(?m)^java[ \t]+(\S+)`)},
	{"system.properties", lazyregexp.New(`(?m)^\s*java\.runtime\.version\s*=\s*(\S+)`)},
}

// readVersion lets what the slot or a file of versions names stand for what the
// build file says, unless the compiler needs more.
func (a *app) readVersion(files *hooks.Files, o hooks.Overrides) {
	v := hooks.Version{Tool: "java", Requested: o.Versions["java"], Source: "the slot's versions"}
	for _, f := range versionFiles {
		if v.Requested != "" {
			break
		}
		data, err := files.Read(f.name)
		if err != nil {
			continue
		}
		if m := f.pattern.FindSubmatch(data); m != nil {
			v.Requested, v.Source = string(m[1]), f.name
		}
	}
	if major(v.Requested) > 0 && major(v.Requested) >= major(a.version.Requested) {
		a.version = wanted{Version: v}
	}
}

var majorPart = lazyregexp.New(`(?:^|-)(?:1\.)?(\d+)`)

// major returns the number by which Javas are told apart: 17 of "17.0.15", 8 of
// "1.8.0_402", 21 of "temurin-21.0.2"; 0 where there is none.
func major(version string) int {
	m := majorPart.FindStringSubmatch(strings.TrimSpace(version))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}
