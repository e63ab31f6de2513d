package bun

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/internal/semver"
	"github.com/slot-paas/slot/slot"
)

const installHint = "install Bun 1.2 or newer, for example by npm install -g bun, and start slot with its folder in PATH"

var (
	toolVersions = lazyregexp.New(`(?m)^bun[ \t]+(\S+)`)
	miseVersion  = lazyregexp.New(`(?m)^\s*bun\s*=\s*["']([^"']+)["']`)
)

// wantedVersion returns the version of Bun that the slot or the app asks for.
func wantedVersion(files *hooks.Files, m manifest, overrides hooks.Overrides) hooks.Version {
	v := hooks.Version{Tool: "bun"}
	ask := func(requested, source string) {
		if requested = strings.TrimSpace(requested); v.Requested == "" && requested != "" {
			v.Requested, v.Source = requested, source
		}
	}
	ask(overrides.Versions["bun"], "the slot's versions")
	first, _, _ := strings.Cut(readText(files, ".bun-version"), "\n")
	ask(first, ".bun-version")
	ask(m.version, m.versionFrom)
	if match := toolVersions.FindStringSubmatch(readText(files, ".tool-versions")); match != nil {
		ask(match[1], ".tool-versions")
	}
	if match := miseVersion.FindStringSubmatch(readText(files, "mise.toml")); match != nil {
		ask(match[1], "mise.toml")
	}
	return v
}

// installed returns the version of the machine's Bun, as "1.4.5".
func installed(ctx context.Context, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, "bun", "--version")
	cmd.Dir = dir
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", missing()
	}
	if err != nil {
		return "", fmt.Errorf("cannot ask bun for its version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func missing() error {
	return hooks.Fail(slot.Diagnostic{
		Code: "bun.missing", Summary: "the app needs Bun, which is not installed on this machine", Hint: installHint,
	})
}

// checkVersion warns when the machine's Bun is not the one asked for.
func checkVersion(b *hooks.Build, v hooks.Version) {
	if v.Requested == "" || semver.Satisfies(v.Resolved, v.Requested) {
		return
	}
	b.Diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "bun.engine",
		Summary: fmt.Sprintf("the app asks for Bun %s (%s), and this machine has %s", v.Requested, v.Source, v.Resolved),
		Hint:    "install that version, or change what the app asks for",
	})
}
