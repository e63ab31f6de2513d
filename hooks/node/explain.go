package node

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// codeLock is of a lock file that was not written for this package.json.
const codeLock = "node.lock_out_of_sync"

// rules recognises what package managers and build tools print when they fail,
// the cause before its consequences.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: regexp.MustCompile(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`heap out of memory|Reached heap limit|^Killed$`, "node.oom", "the build ran out of memory",
			"set the variable NODE_OPTIONS to --max-old-space-size=2048, or build less at once"),
		rule(`ERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE)|lockfile needs to be updated|YN0028|lockfile had changes, but lockfile is frozen`,
			codeLock, "the lock file does not fit package.json", "install anew and commit the lock file"),
		rule(`gyp ERR!|node-pre-gyp ERR!|prebuild-install (?:warn|ERR)`, "node.native_build", "a dependency with native code could not be compiled",
			"it needs make, g++ and python3 (apt-get install build-essential python3), or a version with a ready-made binary"),
		rule(`^(?:/bin/)?(?:sh|bash): (?:line )?(?:\d+: )?([@\w./-]+): (?:command )?not found`, "node.bin_not_found",
			"the command \"$1\" is not installed", "add the package that has $1 to this package.json, and commit the lock file"),
		rule(`(?:E404|ETARGET|ERR_PNPM_FETCH_404)\b`, "node.package_missing", "a package is not in the registry in the version asked for",
			"check the name and the version in package.json, and whether it needs a private registry in .npmrc"),
		rule(`(?i)self.signed.cert|unable to (?:get|verify) .*certificate|UNABLE_TO_(?:GET|VERIFY)`, "node.certificate",
			"the certificate of the package registry, or of a proxy before it, is not trusted", "start slot with NODE_EXTRA_CA_CERTS set to the file that has your network's certificate"),
		rule(`\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\b.*|network request .* failed`, "node.registry",
			"the package registry could not be reached", "check the network, the proxy variables and .npmrc, and deploy again"),
		rule(`EACCES.*node_modules`, "node.modules_read_only", "the build writes into an installed dependency, which is shared between deployments",
			"make the change in a postinstall script: then dependencies are installed afresh for each deployment"),
		rule(`EBADENGINE|The engine "node" is incompatible|ERR_PNPM_UNSUPPORTED_ENGINE`, "node.engine",
			"a dependency does not support this version of Node.js", "install the version it asks for, or another version of the dependency"),
	}
}

// explain turns the failure of a command into diagnostics: all but the first
// known cause are told as warnings, the first is the build's failure.
func (j *job) explain(step string, err error) error {
	var failed *hooks.CommandError
	if errors.Is(err, exec.ErrNotFound) {
		var program *exec.Error
		errors.As(err, &program)
		return missing(program.Name)
	}
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Signal == "killed" {
		failed.Output = append(failed.Output, "Killed")
	}
	causes := hooks.Explain(rules(), failed.Output)
	if len(causes) == 0 {
		return hooks.Fail(slot.Diagnostic{
			Code: "node." + step + "_failed", Summary: err.Error(),
			Hint: "the last lines of its output say why; the same command fails the same way on your machine",
		})
	}
	if m := j.app.manager; causes[0].Code == codeLock {
		causes[0].File, causes[0].Hint = m.lock, fmt.Sprintf("run %s install and commit %s", m.name, m.lock)
	}
	for _, d := range causes[1:] {
		d.Severity = slot.SeverityWarning // the first cause is the headline
		j.b.Diagnose(d)
	}
	return hooks.Fail(causes[0])
}

// outOfSync matches npm's refusal to install from a lock file that does not
// fit. Source: npm 7 to 11, npm ci.
var outOfSync = regexp.MustCompile("EUSAGE|`npm ci` can only install packages when")
