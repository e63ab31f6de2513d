package export

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// args is the command line of a process in the image.
func (a *App) args(p slot.Process) []string {
	args := p.Args()
	out := make([]string, len(args))
	for i, word := range args {
		out[i] = a.here(word)
	}
	if p.WorkingDir == "" || path.Clean(p.WorkingDir) == "." {
		return out
	}
	script := `cd "$0" && exec "$@"`
	return append([]string{"/bin/sh", "-c", script, path.Join(appDir, a.root(), p.WorkingDir)}, out...)
}

// quoted is a text as JSON and YAML write it.
func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // into memory
	return unprintable.ReplaceAllStringFunc(strings.TrimSpace(b.String()), func(c string) string {
		r, _ := utf8.DecodeRuneInString(c)
		return fmt.Sprintf(`\u%04x`, r)
	})
}

// unprintable are characters that JSON takes as they are and YAML does not.
var unprintable = lazyregexp.New(`[\x{7f}-\x{9f}\x{feff}\x{fffe}\x{ffff}]`)

// list is a list of texts as JSON and YAML write it.
func list(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = quoted(w)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// one returns the plan's process of a type, nil where there is none.
func (a *App) one(processType string) *slot.Process {
	for i := range a.Release.Plan.Processes {
		if p := &a.Release.Plan.Processes[i]; p.Type == processType {
			return p
		}
	}
	return nil
}

// workers returns what works beside the web process.
func (a *App) workers() (all []slot.Process) {
	for _, p := range a.Release.Plan.Processes {
		if p.Type != slot.ProcessWeb && p.Type != slot.ProcessRelease {
			all = append(all, p)
		}
	}
	return all
}

// probe is a command that succeeds while the app answers as slot wants it to.
func (a *App) probe() []string {
	path, good := a.healthPath(), "400"
	if path == "" {
		path, good = "/", "500" // as for a slot: any answer of the app's own
	}
	if a.Release.Plan.Static != nil {
		return []string{"sh", "-c", `wget -q -O /dev/null "http://127.0.0.1:$PORT$0"`, path}
	}
	// Bash is in every image of Debian's, curl is not.
	script := `exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$0" >&3 && read -r -t 4 _ code _ <&3 && [ "$code" -lt "$1" ]`
	return []string{"bash", "-c", script, path, good}
}

// healthPath is the path that must answer 2xx or 3xx, "" where none is named.
func (a *App) healthPath() string {
	if a.Config.HealthCheck.Path != "" {
		return a.Config.HealthCheck.Path
	}
	return a.Release.Plan.Health.Path
}
