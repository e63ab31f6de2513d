package commands_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slot-paas/slot/internal/github/githubtest"
)

// setupGitHub gives a script a server that answers as GitHub's API does.
func setupGitHub(env *testscript.Env) {
	gh := githubtest.New()
	env.Defer(gh.Close)
	env.Values["github"] = gh
	env.Setenv("GITHUB_API_URL", gh.URL)
	env.Setenv("GITHUB_RIGHT_TOKEN", githubtest.Token)
}

// github hooks|statuses|comments shows what slot made of them, one a line.
func showGitHub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: github hooks|statuses|comments")
	}
	fmt.Fprint(ts.Stdout(), gitHubHas(ts, args[0]))
}

func gitHubHas(ts *testscript.TestScript, what string) string {
	gh := ts.Value("github").(*githubtest.Server)
	list, ok := map[string]func() []map[string]any{"hooks": gh.Hooks, "statuses": gh.Statuses, "comments": gh.Comments}[what]
	if !ok {
		ts.Fatalf("github has no %s", what)
	}
	var b strings.Builder
	for _, v := range list() {
		text, err := json.Marshal(v)
		ts.Check(err)
		fmt.Fprintf(&b, "%s\n", text)
	}
	return b.String()
}
