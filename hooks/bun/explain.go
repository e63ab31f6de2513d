package bun

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// rules recognises what Bun prints when it fails, the cause before its
// consequences. Source: Bun 1.4.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`JavaScript heap out of memory|panic: OutOfMemory|^error: OutOfMemory|^Killed$`, "bun.oom", "the build ran out of memory",
			"stop an app for the build, or give the machine more memory"),
		rule(`(?i)No ?Space ?Left(?: on device)?|ENOSPC`, "bun.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
		rule(`Unsupported lockfile version (\d+)`, "bun.lock_version", "bun.lock has version $1, which is too new for this machine's Bun",
			"install a newer Bun, or write the file again with this one: delete it and run bun install"),
		rule(`failed to parse lockfile|Outdated lockfile version`, "bun.lock_invalid", "bun.lock cannot be read",
			"it may hold a conflict of a merge: delete it, run bun install and commit it"),
		rule(`dependencies in package\.json changed since bun\.lock was saved: (.+)`, "bun.lock_out_of_sync",
			"bun.lock does not fit package.json: $1", "run bun install and commit bun.lock"),
		rule(`lockfile had changes, but lockfile is frozen`, "bun.lock_out_of_sync", "bun.lock does not fit package.json",
			"run bun install and commit bun.lock"),
		rule(`Integrity check failed for tarball: (\S+)`, "bun.integrity", "$1 is not the one that bun.lock lists",
			"somebody published it again, or a mirror changed it: look at what changed, then run bun install and commit bun.lock"),
		rule(`No version matching "([^"]+)" found for specifier "([^"]+)"`, "bun.package_missing", "the package $2 has no version $1", "check its version in package.json"),
		rule(`GET \S+/([^/\s]+) - 404`, "bun.package_missing", "there is no package $1 in the registry", "check its name in package.json, and whether it needs a private registry in .npmrc"),
		rule(`(?:ConnectionRefused|ConnectionClosed|Timeout|DNSResolutionFailed|FailedToOpenSocket|UnableToResolveHost|\w*CERT\w*) downloading (?:package manifest|tarball) (\S+)`, "bun.registry",
			"the package registry could not be reached for $1", "check the network, the proxy variables and .npmrc, and deploy again"),
		rule(`GET \S+/([^/\s]+) - (40[13])`, "bun.registry", "the registry refuses to give $1 (status $2)", "its token has to stand in .npmrc or bunfig.toml"),
		rule(`gyp ERR!|node-pre-gyp ERR!`, "bun.native_build", "a dependency with native code could not be compiled",
			"it needs make, g++ and python3 (apt-get install build-essential python3), or a version with a ready-made binary"),
		rule(`^error: (\w+) script from "([^"]*)" exited with (\d+)`, "bun.script_failed", "the $1 script of a package ended with code $3", "the lines above say why"),
		rule(`^(?:bun|/\S*sh|sh|bash): (?:line )?(?:\d+: )?(?:command not found: )?([@\w./-]+)(?:: command not found|: not found|$)`, "bun.command_missing",
			"the command \"$1\" is not installed", "add the package that has $1 to package.json, and commit bun.lock"),
		rule(`Cannot find (?:package|module) '([^']+)'`, "bun.module_missing", "$1 is imported, and not there", "run bun add $1, or commit the file, and deploy again"),
	}
}

// explain turns the failure of a command into diagnostics: all but the first
// known cause are told, the first is returned as the build's failure.
func (j *job) explain(step string, err error) error {
	var failed *hooks.CommandError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return missing()
	case !errors.As(err, &failed):
		return err
	case failed.Signal == "killed":
		failed.Output = append(failed.Output, "Killed")
	}
	causes := diagnose(failed, step, j.request.App.AppDir)
	for _, d := range causes[1:] {
		d.Severity = slot.SeverityWarning // the first cause is the headline
		j.b.Diagnose(d)
	}
	return hooks.Fail(causes[0])
}

// diagnose finds at least one cause. dir is the app's folder.
func diagnose(failed *hooks.CommandError, step, dir string) []slot.Diagnostic {
	causes := hooks.Explain(rules(), failed.Output)
	if len(causes) == 0 {
		causes = mistakes(failed.Output, dir)
	}
	if len(causes) == 0 {
		causes = []slot.Diagnostic{{
			Severity: slot.SeverityError, Code: "bun." + step + "_failed", Summary: failed.Error(),
			Hint: "the last lines of its output say why; the same command fails the same way on your machine",
		}}
	}
	// Of one cause several lines tell.
	for i := 1; i < len(causes); i++ {
		if causes[i].Code == causes[0].Code && causes[i].Code != "bun.syntax" {
			causes = append(causes[:i], causes[i+1:]...)
			i--
		}
	}
	return causes
}

var (
	complaint = lazyregexp.New(`^error: (.+)$`)
	place     = lazyregexp.New(`^\s+at (/.+?\.(?:[mc]?[tj]s|[tj]sx)):(\d+):\d+$`)
	external  = lazyregexp.New(`^Could not resolve: "[^./]`)
)

// maxMistakes is how many of them are told.
const maxMistakes = 10

// mistakes reads the errors that name a place in the app's own scripts: an
// "error:" line and, below it, where. What a package is missing of is for the
// runtime to say.
func mistakes(output []string, dir string) []slot.Diagnostic {
	var found []slot.Diagnostic
	said := ""
	for _, line := range output {
		if m := complaint.FindStringSubmatch(line); m != nil {
			said = m[1]
			continue
		}
		m := place.FindStringSubmatch(line)
		if m == nil || said == "" || external.MatchString(said) || len(found) == maxMistakes {
			continue
		}
		rel, err := filepath.Rel(dir, m[1])
		if err != nil || !filepath.IsLocal(rel) || strings.HasPrefix(rel, "node_modules/") {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		found = append(found, slot.Diagnostic{
			Severity: slot.SeverityError, Code: "bun.syntax", Summary: rel + ":" + m[2] + ": " + said, File: rel, Line: n,
			Detail: said, Hint: "bun build --target=bun shows the same on your machine",
		})
		said = ""
	}
	return found
}
