package node

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const (
	codeLock       = "node.lock_out_of_sync" // the lock file was not written for this package.json
	codeEngine     = "node.engine"           // another version of node is wanted
	codeDependency = "node.dependency_missing"
	codeNoPackage  = "node.package_missing" // of the registry
)

// unresolved is how bundlers, tsc and node say that there is no such module.
const unresolved = `(?:failed to resolve import|Can't resolve|Could not resolve|Cannot find module|Cannot find package) `

// rules recognises what package managers and build tools print when they fail,
// the cause before its consequences.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`heap out of memory|Reached heap limit|^Killed$`, "node.oom", "the build ran out of memory",
			"set the variable NODE_OPTIONS to --max-old-space-size=2048, or build less at once"),
		rule(`ERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE)|lockfile needs to be updated|YN0028|lockfile had changes, but lockfile is frozen`,
			codeLock, "the lock file does not fit package.json", "install anew and commit the lock file"),
		rule(`Ignored build scripts: (.+?)\.?$`, "node.builds_ignored", "pnpm does not run the install scripts of $1 without being told so",
			"run pnpm approve-builds and commit what it writes"),
		rule(`gyp ERR!|node-pre-gyp ERR!|prebuild-install (?:warn|ERR)`, "node.native_build", "a dependency with native code could not be compiled",
			"it needs make, g++ and python3 (apt-get install build-essential python3), or a version with a ready-made binary"),
		rule(`^(?:/bin/)?(?:sh|bash): (?:line )?(?:\d+: )?([@\w./-]+): (?:command )?not found`, "node.bin_not_found",
			"the command \"$1\" is not installed", "add the package that has $1 to this package.json, and commit the lock file"),
		rule(`(?:E404|ETARGET|ERR_PNPM_FETCH_404)\b`, codeNoPackage, "a package is not in the registry in the version asked for",
			"check the name and the version in package.json, and whether it needs a private registry in .npmrc"),
		rule(`(?i)self.signed.cert|unable to (?:get|verify) .*certificate|UNABLE_TO_(?:GET|VERIFY)`, "node.certificate",
			"the certificate of the package registry, or of a proxy before it, is not trusted", "start slot with NODE_EXTRA_CA_CERTS set to the file that has your network's certificate"),
		rule(`\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\b.*|network request .* failed`, "node.registry",
			"the package registry could not be reached", "check the network, the proxy variables and .npmrc, and deploy again"),
		rule(`EACCES.*node_modules`, "node.modules_read_only", "the build writes into an installed dependency, which is shared between deployments",
			"make the change in a postinstall script: then dependencies are installed afresh for each deployment"),
		rule(`(?:npm error|npm ERR!) code EBADENGINE|The engine "node" is incompatible|ERR_PNPM_UNSUPPORTED_ENGINE|requires Node\.?js (?:version )?\d|Node\.js version "[^"]+" is required|Node\.js v?[\d.]+ is not supported`, codeEngine,
			"a dependency does not support this version of Node.js", "install the version it asks for, or another version of the dependency"),
		rule("Failed to fetch [`'\"]?([\\w ]+?)[`'\"]? from Google Fonts", "node.fonts", "the build fetches the font $1 from Google, which could not be reached",
			"put the font's file into the repository, and use next/font/local in place of next/font/google"),
		rule(unresolved+`["']((?:\.|/|@/|~|\$$)[^"']*)["']`, "node.file_missing", "the build imports $1, which is not in the repository",
			"is it committed, and not in .gitignore? Are capital letters the same? They matter here"),
		rule(unresolved+`["']((?:@[\w-][\w.-]*/)?\w[\w.-]*)[^"']*["']`, codeDependency, "the build uses $1, which is not installed", "$1"),
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
	m, output := j.app.manager, plain(failed.Output, j.request.App.AppDir)
	causes := hooks.Explain(rules(), output)
	if len(causes) == 0 {
		if causes = sourceErrors(output); len(causes) > 0 {
			causes[0].Hint = strings.Join(m.run("build"), " ") + " shows the same on your machine"
		}
	}
	if len(causes) == 0 {
		return hooks.Fail(slot.Diagnostic{
			Code: "node." + step + "_failed", Summary: err.Error(),
			Hint: "the last lines of its output say why; the same command fails the same way on your machine",
		})
	}
	switch causes[0].Code {
	case codeLock:
		causes[0].File, causes[0].Hint = m.lock, fmt.Sprintf("run %s install and commit %s", m.name, m.lock)
	case codeDependency:
		causes[0].Hint = fmt.Sprintf("run %s %s and commit %s", strings.Join(m.add(), " "), causes[0].Hint,
			strings.Join(slices.DeleteFunc([]string{"package.json", m.lock}, func(s string) bool { return s == "" }), " and "))
	}
	for _, d := range causes[1:] {
		d.Severity = slot.SeverityWarning // the first cause is the headline
		j.b.Diagnose(d)
	}
	return hooks.Fail(causes[0])
}

// outOfSync matches npm's refusal to install from a lock file that does not
// fit. Source: npm 7 to 11, npm ci.
var outOfSync = lazyregexp.New("EUSAGE|`npm ci` can only install packages when")
