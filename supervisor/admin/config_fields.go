package admin

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// field is one setting of a slot on its page. Its path is the one of "slot
// config set".
type field struct {
	Path, Label, Help string
	Kind              string // "text", "choice", "switch", "lines", "pairs" (lines of NAME=value), "secret"
	Choices           []string

	// of one page
	Value, Hint, Error string
	Set                bool // a secret that has a value
}

// notifyURL is the one setting that is a secret by itself.
const notifyURL = "monitoring.notify_url"

// group is a part of the page.
type group struct {
	Title  string
	Open   bool
	Fields []field
}

// configGroups is every setting that has a field of its own; the others are in
// slots.json alone.
func configGroups() []group {
	return []group{
		{"Source", true, []field{
			{Path: "repository", Label: "Repository", Kind: "text", Help: "https://, git@ or a folder of this machine"},
			{Path: "branch", Label: "Branch", Kind: "text", Help: "or a tag, or a commit"},
			{Path: "root", Label: "Folder in the repository", Kind: "text"},
			{Path: "deployment.on_push", Label: "Deploy on push", Kind: "switch"},
			{Path: "deployment.watch_paths", Label: "Only when these paths change", Kind: "lines", Help: "one a line, such as apps/web/**"},
		}},
		{"Build and start", false, []field{
			{Path: "hook", Label: "Kind of app", Kind: "text"},
			{Path: "install", Label: "Install command", Kind: "text"},
			{Path: "build.command", Label: "Build command", Kind: "text"},
			{Path: "build.enabled", Label: "Build", Kind: "switch"},
			{Path: "build.cache", Label: "Keep what builds can use again", Kind: "switch"},
			{Path: "start", Label: "Start command", Kind: "text"},
			{Path: "static_root", Label: "Serve this folder", Kind: "text", Help: "in the place of a start command"},
			{Path: "spa", Label: "Unknown paths show index.html", Kind: "switch"},
			{Path: "app_port", Label: "The app's own port", Kind: "text"},
			{Path: "app_protocol", Label: "What that port speaks", Kind: "choice", Choices: []string{"http", "h2c"}, Help: "h2c for gRPC"},
			{Path: "persist", Label: "Paths that outlive releases", Kind: "lines", Help: "one a line, such as uploads"},
			{Path: "versions", Label: "Versions of tools", Kind: "pairs", Help: "one a line, such as node=22"},
			{Path: "options", Label: "Options of the hook", Kind: "pairs", Help: "one a line, as name=value"},
		}},
		{"Health", false, []field{
			{Path: "health_check.path", Label: "Path", Kind: "text", Help: "wants 2xx or 3xx; without one any answer under 500 will do"},
			{Path: "health_check.timeout", Label: "Wait at most", Kind: "text"},
			{Path: "health_check.enabled", Label: "Check before the switch", Kind: "switch"},
			{Path: "health_check.interval", Label: "Between two tries", Kind: "text"},
			{Path: "health_check.liveness.enabled", Label: "Ask while it runs", Kind: "switch"},
			{Path: "health_check.liveness.path", Label: "Path to ask then", Kind: "text"},
			{Path: "health_check.liveness.interval", Label: "Ask every", Kind: "text"},
			{Path: "health_check.liveness.timeout", Label: "Wait for the answer at most", Kind: "text"},
			{Path: "health_check.liveness.failures", Label: "Failures before a restart", Kind: "text"},
			{Path: "restart_policy", Label: "Restart", Kind: "choice", Choices: []string{"always", "on-failure", "never"}},
			{Path: "max_restarts", Label: "Restarts in a row at most", Kind: "text"},
		}},
		{"Deployment", false, []field{
			{Path: "deployment.strategy", Label: "Strategy", Kind: "choice", Choices: []string{"rolling", "recreate"}, Help: "recreate stops the old release first, for apps that must be alone"},
			{Path: "deployment.keep", Label: "Releases to keep", Kind: "text"},
			{Path: "deployment.drain", Label: "Wait for requests in flight", Kind: "text"},
			{Path: "deployment.pre_deploy_hooks", Label: "Commands before the switch", Kind: "lines", Help: "one a line"},
			{Path: "deployment.post_deploy_hooks", Label: "Commands after the switch", Kind: "lines", Help: "one a line"},
		}},
		{"Limits", false, []field{
			{Path: "memory_limit", Label: "Memory", Kind: "text", Help: "such as 512M"},
			{Path: "cpu_limit", Label: "Processor cores", Kind: "text", Help: "such as 0.5"},
			{Path: "open_files", Label: "Open files", Kind: "text", Help: "of each program"},
			{Path: "processes", Label: "Processes and threads", Kind: "text"},
			{Path: "sleep_after", Label: "Sleep when nobody asks for", Kind: "text", Help: "such as 30m; the next request wakes it"},
			{Path: "stop_timeout", Label: "Time to stop", Kind: "text"},
			{Path: "sandbox", Label: "Sandbox", Kind: "choice", Choices: []string{"on", "strict", "off"}},
			{Path: "database", Label: "Database", Kind: "choice", Choices: []string{"own", "shared", "none"}},
		}},
		{"Alerts", false, []field{
			{Path: "monitoring.alerts.memory_threshold", Label: "Memory above", Kind: "text", Help: "such as 80%"},
			{Path: "monitoring.alerts.cpu_threshold", Label: "Processor above", Kind: "text", Help: "such as 90%"},
			{Path: "monitoring.alerts.error_rate_threshold", Label: "Failed requests above", Kind: "text", Help: "such as 5%"},
			{Path: notifyURL, Label: "Tell this address", Kind: "secret", Help: "gets a POST; write-only"},
		}},
	}
}

// textOf is the value of a setting as its field has it; "" where it is not set.
func textOf(c *slot.Config, n slot.Name, f field) string {
	v, err := c.Get(string(n) + "." + f.Path)
	if err != nil || v == nil {
		return ""
	}
	if list, ok := v.([]any); ok {
		var lines []string
		for _, item := range list {
			lines = append(lines, fmt.Sprint(item))
		}
		return strings.Join(lines, "\n")
	}
	if pairs, ok := v.(map[string]any); ok {
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(pairs)) {
			lines = append(lines, fmt.Sprint(name, "=", pairs[name]))
		}
		return strings.Join(lines, "\n")
	}
	if f.Path == "repository" {
		return slot.RedactAddress(fmt.Sprint(v))
	}
	return fmt.Sprint(v)
}

// settingOf is the text of a field as slot.Config.Set takes it.
func settingOf(f field, text string) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return text
	case f.Kind == "pairs":
		return pairsOf(text)
	case f.Kind != "lines":
		return text
	}
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	b, _ := json.Marshal(list) // texts always can be
	return string(b)
}

// pairsOf is lines of NAME=value as JSON; what is none stands there as a name
// without a value, which the rules of the setting refuse or know.
func pairsOf(text string) string {
	pairs := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); name != "" {
			pairs[name] = strings.TrimSpace(value)
		}
	}
	b, _ := json.Marshal(pairs) // texts always can be
	return string(b)
}

// hints are what holds where a field is empty.
func hints(c *slot.Config, n slot.Name) map[string]string {
	all := map[string]string{}
	empty := slot.NewConfig()
	for _, s := range empty.Settings(n) {
		path := strings.TrimPrefix(s.Path, string(n)+".")
		switch {
		case s.Value != nil:
			all[path] = fmt.Sprint(s.Value)
		default:
			all[path] = s.Note
		}
	}
	return all
}
