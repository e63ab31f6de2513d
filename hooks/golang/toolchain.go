package golang

import (
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const installHint = "install Go from https://go.dev/dl or with apt-get install golang-go, and start slot with its folder in PATH"

// installed returns the version of the machine's own Go, as "1.26.1". It is
// asked in a folder without a module: in one, the answer may be another's.
func installed(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off", "GO111MODULE=off")
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", missing()
	}
	if err != nil {
		return "", fmt.Errorf("cannot ask go for its version: %w", err)
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "go"), nil
}

func missing() error {
	return hooks.Fail(slot.Diagnostic{Code: "go.missing", Summary: "this machine has no go command", Hint: installHint})
}

// newer reports whether version a is above b; one that is not understood, of a
// development build, is not.
func newer(a, b string) bool {
	return version.IsValid("go"+a) && version.IsValid("go"+b) && version.Compare("go"+a, "go"+b) > 0
}

// checkVersion compares with what the app asks for. chosen is the user's
// GOTOOLCHAIN: with it, the go command fetches what is missing.
func (a *app) checkVersion(b *hooks.Build, chosen string) error {
	have, want := a.version.Resolved, a.version.Requested
	if chosen != "" && chosen != "local" {
		return nil
	}
	if a.chosen != "" {
		told := a.judgeChosen(chosen == "")
		switch {
		case told == nil:
			return nil
		case told.Severity == slot.SeverityError:
			return hooks.Fail(*told)
		}
		b.Diagnose(*told)
		return nil
	}
	if newer(want, have) {
		return hooks.Fail(slot.Diagnostic{
			Code: "go.toolchain", File: strings.TrimSuffix(a.version.Source, " go"),
			Summary: fmt.Sprintf("the app wants Go %s (%s), and this machine has Go %s", want, a.version.Source, have),
			Hint:    fmt.Sprintf("install Go %s, lower the go line, or start slot with GOTOOLCHAIN=auto to have it downloaded", want),
		})
	}
	if newer(a.toolchain, have) {
		b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "go.toolchain", File: "go.mod",
			Summary: fmt.Sprintf("go.mod suggests Go %s, and this machine builds with Go %s", a.toolchain, have),
			Hint:    fmt.Sprintf("install Go %s, or start slot with GOTOOLCHAIN=auto to have it downloaded", a.toolchain),
		})
	}
	return nil
}

// whole is a version that the go command can fetch: those before 1.21 are not
// among what it fetches (https://go.dev/doc/toolchain).
var whole = lazyregexp.New(`^1\.(2[1-9]|[3-9][0-9])(\.[0-9]+|rc[0-9]+)$`)

// toolchainName is what GOTOOLCHAIN says: the machine's own Go, or the one that
// the slot's configuration names.
func (a *app) toolchainName() string {
	if a.fetched {
		return "go" + a.chosen
	}
	return "local"
}

// judgeChosen compares the slot's word with the machine: the go command fetches
// a whole version, when it may; "1.26" is any of that line. It returns what is
// to be told; a build cannot go on after an error.
func (a *app) judgeChosen(mayFetch bool) *slot.Diagnostic {
	have, want := a.version.Resolved, a.chosen
	switch {
	case have == want || strings.HasPrefix(have, want+"."):
		return nil
	case whole.MatchString(want) && mayFetch:
		a.version.Resolved, a.fetched = want, true
		return &slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "go.version",
			Summary: fmt.Sprintf("the go command fetches Go %s, for which the slot's versions ask; this machine has Go %s", want, have),
		}
	case version.IsValid("go"+want) && !newer(want, have):
		return &slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "go.version",
			Summary: fmt.Sprintf("the slot's versions ask for Go %s, and this machine builds with Go %s", want, have),
			Hint:    "name a whole version, such as 1.25.3, to have it downloaded",
		}
	}
	return &slot.Diagnostic{
		Severity: slot.SeverityError,
		Code:     "go.version", Summary: fmt.Sprintf("the slot's versions ask for Go %q, and this machine has Go %s", want, have),
		Hint: "set versions.go to a whole version, such as 1.25.3, which is downloaded, or install that Go",
	}
}
