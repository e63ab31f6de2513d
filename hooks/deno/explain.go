package deno

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

// rules recognises what Deno 2 prints when it fails, the cause before its
// consequences.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	const network = "check the network and the proxy variables, and deploy again; where that host cannot be reached, use an npm: package, or commit the modules with \"vendor\": true"
	return []hooks.Rule{
		rule(`JavaScript heap out of memory|Reached heap limit|cannot allocate memory|^Killed$`, "deno.oom", "the build ran out of memory",
			"stop an app for the build, or give the machine more memory"),
		rule(`No space left on device`, "deno.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
		rule(`The lockfile is out of date`, "deno.lock_out_of_sync", "deno.lock does not fit what the app imports", "run deno install and commit deno.lock"),
		rule(`Unsupported lockfile version '([^']+)'`, "deno.lock_version", "deno.lock has version $1, which is too new for this machine's Deno",
			"install a newer Deno, or write the file again with this one: delete it and run deno install"),
		rule(`Failed parsing\. Lockfile may be corrupt|Failed reading lockfile`, "deno.lock_invalid", "deno.lock cannot be read",
			"it may hold a conflict of a merge: delete it, run deno install and commit it"),
		rule(`Tarball checksum did not match .* for (\S+?)\.?$|Integrity check failed for.*?(\S+)$`, "deno.integrity", "$1$2 is not the one that deno.lock lists",
			"somebody published it again, or a mirror changed it: look at what changed, then run deno install --frozen=false and commit deno.lock"),
		rule(`npm package '([^']+)' does not exist`, "deno.package_missing", "there is no npm package $1", "check its name in deno.json"),
		rule(`Could not find npm package '([^']+)' matching '([^']+)'`, "deno.package_missing", "the npm package $1 has no version $2", "check its version in deno.json"),
		rule(`Could not find version of '([^']+)' that matches`, "deno.package_missing", "$1 has no such version", "check its version in deno.json"),
		rule(`JSR package manifest for '([^']+)' failed to load`, "deno.unreachable", "the package jsr:$1 could not be fetched", network),
		rule(`Import '(https?://[^']+)' failed`, "deno.unreachable", "$1 could not be fetched", network),
		rule(`Failed loading (\S+) for package`, "deno.registry", "the package registry could not be reached: $1", "check the network, the proxy variables and .npmrc, and deploy again"),
		rule(`Module not found "(https?://[^"]+)"`, "deno.module_missing", "$1 is not there any more", "import another version of it"),
		rule(`Module not found "(?:file://)?([^"]+)"`, "deno.module_missing", "the module $1 is not in the repository", "commit it, or correct the import"),
		rule(`Import "([^"]+)" not a dependency|Relative import path "([^"]+)" not prefixed`, "deno.import_unmapped", "deno.json does not say what \"$1$2\" is",
			"run deno add npm:$1$2, and commit deno.json and deno.lock"),
		rule(`SyntaxError: (.+)|The module's source code could not be parsed: (.+)`, "deno.syntax", "$1$2", "deno check shows the same on your machine"),
		rule(`^(TS\d+) \[ERROR\]: (.+)`, "deno.type", "$2 ($1)", "deno check shows the same on your machine"),
		rule(`Task not found: (\S+)`, "deno.task_missing", "deno.json has no task $1", "add it, or correct the name"),
		rule(`^(?:error: )?([@\w./-]+): command not found`, "deno.command_missing", "the command \"$1\" of a task is not installed",
			"a task may run npm packages as deno run -A npm:$1"),
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

// diagnose finds at least one cause. dir is the app's folder, which stands in
// Deno's words wherever they name a file.
func diagnose(failed *hooks.CommandError, step, dir string) []slot.Diagnostic {
	causes := hooks.Explain(rules(), failed.Output)
	if len(causes) == 0 {
		return []slot.Diagnostic{{
			Severity: slot.SeverityError, Code: "deno." + step + "_failed", Summary: failed.Error(),
			Hint: "the last lines of its output say why; the same command fails the same way on your machine",
		}}
	}
	first := &causes[0]
	first.Summary = strings.ReplaceAll(first.Summary, dir+"/", "")
	for _, line := range failed.Output {
		m := place.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if rel, err := filepath.Rel(dir, m[1]); err == nil && filepath.IsLocal(rel) {
			first.File = rel
			first.Line, _ = strconv.Atoi(m[2])
			first.Summary = rel + ":" + m[2] + ": " + first.Summary
		}
		break
	}
	return causes
}

// place matches where Deno found what it complains of.
var place = lazyregexp.New(`^\s*at file://(/.+?):(\d+):\d+$`)
