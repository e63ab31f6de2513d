package deno

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/internal/semver"
	"github.com/slot-paas/slot/slot"
)

const installHint = "install Deno 2.3 or newer, for example by npm install -g deno, and start slot with its folder in PATH"

var (
	toolVersions = lazyregexp.New(`(?m)^deno[ \t]+(\S+)`)
	miseVersion  = lazyregexp.New(`(?m)^\s*deno\s*=\s*["']([^"']+)["']`)
	spoken       = lazyregexp.New(`^deno (\d\S*)`)
)

// wantedVersion returns the version of Deno that the slot or the app asks for.
func wantedVersion(files *hooks.Files, c config, overrides hooks.Overrides) hooks.Version {
	v := hooks.Version{Tool: "deno"}
	ask := func(requested, source string) {
		if requested = strings.TrimSpace(requested); v.Requested == "" && requested != "" {
			v.Requested, v.Source = requested, source
		}
	}
	ask(overrides.Versions["deno"], "the slot's versions")
	for _, name := range []string{".deno-version", ".dvmrc"} {
		first, _, _ := strings.Cut(readText(files, name), "\n")
		ask(first, name)
	}
	ask(c.engine, "package.json engines.deno")
	if match := toolVersions.FindStringSubmatch(readText(files, ".tool-versions")); match != nil {
		ask(match[1], ".tool-versions")
	}
	if match := miseVersion.FindStringSubmatch(readText(files, "mise.toml")); match != nil {
		ask(match[1], "mise.toml")
	}
	return v
}

// installed returns the version of the machine's Deno, as "2.9.6".
func installed(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "deno", "--version")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DENO_NO_UPDATE_CHECK=1", "NO_COLOR=1")
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", missing()
	}
	match := spoken.FindStringSubmatch(string(out))
	if err == nil && match == nil {
		err = fmt.Errorf("it said %q", strings.TrimSpace(string(out)))
	}
	if err != nil {
		return "", fmt.Errorf("cannot ask deno for its version: %w", err)
	}
	return match[1], nil
}

func missing() error {
	return hooks.Fail(slot.Diagnostic{
		Code: "deno.missing", Summary: "the app needs Deno, which is not installed on this machine", Hint: installHint,
	})
}

// checkVersion refuses a Deno that this hook's commands are unknown to, and
// warns of one that is not what the app asks for.
func checkVersion(b *hooks.Build, v hooks.Version) error {
	have := semver.Parse(v.Resolved)
	if have.Less(semver.Parse("2")) {
		return hooks.Fail(slot.Diagnostic{
			Code: "deno.version", Summary: "this machine has Deno " + v.Resolved + ", and slot builds with Deno 2 or newer", Hint: installHint,
		})
	}
	if have.Less(semver.Parse(addressSince)) {
		b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "deno.address",
			Summary: "Deno " + v.Resolved + " listens on port 8000 whatever slot says: that came with Deno " + addressSince,
			Hint:    `upgrade Deno, or serve with { port: Number(Deno.env.get("PORT")) }`,
		})
	}
	if v.Requested != "" && !semver.Satisfies(v.Resolved, v.Requested) {
		b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "deno.engine",
			Summary: fmt.Sprintf("the app asks for Deno %s (%s), and this machine has %s", v.Requested, v.Source, v.Resolved),
			Hint:    "install that version, or change what the app asks for",
		})
	}
	return nil
}
