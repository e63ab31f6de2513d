package slot

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// The bounds of lists in the configuration: far above what an app needs, and
// low enough for one to be read.
const (
	maxPersist = 50
	maxHooks   = 20
	maxURL     = 2048
)

// builtPaths are made by each build or decide what is built: kept from
// one release for the next, they would undo it.
var builtPaths = []string{
	"node_modules", ".venv", ".git", "Procfile", "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock",
	"requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock", "Pipfile", "Pipfile.lock", "go.mod", "go.sum",
}

// Kept returns the persist paths in their clean form; folder tells that one
// ends with / and so is a folder whatever its name looks like.
func (s *SlotConfig) Kept() (paths []string, folder map[string]bool) {
	folder = map[string]bool{}
	for _, p := range s.Persist {
		c := path.Clean(p)
		paths = append(paths, c)
		folder[c] = strings.HasSuffix(p, "/")
	}
	return paths, folder
}

// Within reports whether the clean path p is dir or lies in it.
func Within(p, dir string) bool { return p == dir || dir == "." || strings.HasPrefix(p, dir+"/") }

func (s *SlotConfig) validateKept(at string) error {
	if err := validatePersist(at+".persist", s.Persist); err != nil {
		return err
	}
	for field, list := range map[string][]string{
		"pre_deploy_hooks": s.Deployment.PreDeployHooks, "post_deploy_hooks": s.Deployment.PostDeployHooks,
	} {
		field = at + ".deployment." + field
		if len(list) > maxHooks {
			return usage(field, fmt.Sprintf("a list of %d", len(list)), fmt.Sprintf("%d at most", maxHooks))
		}
		for _, cmd := range list {
			if strings.TrimSpace(cmd) == "" || strings.ContainsAny(cmd, "\x00\n\r") {
				return usage(field, fmt.Sprintf("%q", cmd), "a command of one line")
			}
		}
	}
	return validateNotifyURL(at+".monitoring.notify_url", s.Monitoring.NotifyURL)
}

func validatePersist(at string, paths []string) error {
	if len(paths) > maxPersist {
		return usage(at, fmt.Sprintf("a list of %d", len(paths)), fmt.Sprintf("%d at most", maxPersist))
	}
	var seen []string
	for _, p := range paths {
		c := path.Clean(p)
		top, _, _ := strings.Cut(c, "/")
		switch {
		case strings.TrimSpace(p) == "" || !inside(p) || c == "." || strings.ContainsFunc(p, control):
			return usage(at, fmt.Sprintf("%q", p), "a path inside the app's folder, such as uploads or data/app.db")
		case slices.Contains(builtPaths, top):
			return usage(at, fmt.Sprintf("%q", p), "what the app writes, not what belongs to a build")
		}
		for _, other := range seen {
			if Within(c, other) || Within(other, c) {
				return usage(at, fmt.Sprintf("%q", p), fmt.Sprintf("one of both, as %q overlaps it", other))
			}
		}
		seen = append(seen, c)
	}
	return nil
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// validateNotifyURL never quotes the address: it is a secret.
func validateNotifyURL(at, address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsFunc(address, control) || strings.Contains(address, " "):
		return usage(at, "not an address", "one such as https://hooks.slack.com/services/…")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Hostname() == "":
		return usage(at, "not a web address", "one such as https://hooks.slack.com/services/…")
	case len(address) > maxURL:
		return usage(at, fmt.Sprintf("%d characters long", len(address)), fmt.Sprintf("%d at most", maxURL))
	}
	return nil
}

// HideAddress returns the address with all but its scheme and host hidden: the
// rest of a webhook's address is what lets anybody use it.
func HideAddress(address string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/********"
}

// listText is what a text on the command line means for a field that is a
// list: paths are separated by commas; of commands it is one.
func listText(keys []string, text string) (any, bool) {
	switch strings.Join(keys, ".") {
	case "persist", "deployment.watch_paths":
		var list []any
		for p := range strings.SplitSeq(text, ",") {
			if p = strings.TrimSpace(p); p != "" {
				list = append(list, p)
			}
		}
		return list, !strings.HasPrefix(text, "[")
	case "deployment.pre_deploy_hooks", "deployment.post_deploy_hooks":
		return []any{text}, !strings.HasPrefix(text, "[\"")
	}
	return nil, false
}
