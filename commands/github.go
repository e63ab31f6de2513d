package commands

import (
	"cmp"
	"context"
	"os/exec"
	"strings"

	"github.com/slot-paas/slot/internal/github"
)

// gitHubHost is the host whose repositories the API of GITHUB_API_URL knows.
func (w *World) gitHubHost() string {
	return cmp.Or(github.WebHost(w.Getenv("GITHUB_API_URL")), "github.com")
}

// gitHubToken is the one of the environment or, where gh may be asked, that of
// a gh that is logged in; "" where there is none.
func (w *World) gitHubToken(ctx context.Context, gh bool) string {
	for _, name := range []string{"GITHUB_TOKEN", "GH_TOKEN"} {
		if v := w.Getenv(name); v != "" {
			return v
		}
	}
	if !gh {
		return ""
	}
	cmd := exec.CommandContext(ctx, "gh", "auth", "token")
	cmd.Env = w.Environ()
	out, err := cmd.Output()
	if err != nil {
		return "" // no gh, or nobody is logged in
	}
	return strings.TrimSpace(string(out))
}
