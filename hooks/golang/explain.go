package golang

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// maxErrors is how many of the compiler's errors are told; it stops at ten for
// each package itself.
const maxErrors = 10

const ifPrivate = "a private module needs slot to be started with GOPRIVATE set to its host, and git to log in there without a question; or commit the vendor folder"

// rules recognises what the go command prints when it fails, the cause before
// its consequences.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`signal: killed|cannot allocate memory|^Killed$`, "go.oom", "the build ran out of memory",
			"stop an app for the build, or give the machine more memory"),
		rule(`requires go >= (\S+) \(running go (\S+?)[;)]`, "go.toolchain", "Go $1 is wanted, and this machine has Go $2",
			"install Go $1, or start slot with GOTOOLCHAIN=auto to have it downloaded"),
		rule(`missing go\.sum entry`, "go.sum_missing", "go.sum does not list every dependency", "run go mod tidy and commit go.mod and go.sum"),
		rule(`checksum mismatch`, "go.sum_mismatch", "a dependency is not the one that go.sum lists",
			"somebody moved its tag: run go clean -modcache and go mod tidy, look at what changed, and commit go.sum"),
		rule(`updates to go\.(?:mod|sum) needed|go: to match the .* run:|go mod tidy`, "go.mod_untidy", "go.mod does not fit the source",
			"run go mod tidy and commit go.mod and go.sum"),
		rule(`inconsistent vendoring`, "go.vendor_stale", "the vendor folder does not fit go.mod", "run go mod vendor and commit the folder, or remove it"),
		rule(`no required module provides package ([^\s;:]+)`, "go.module_missing", "no dependency has the package $1",
			"run go get $1 and commit go.mod and go.sum"),
		rule(`cannot find package "([^"]+)" in any of`, "go.no_module", "the program uses $1, and there is no go.mod",
			"run go mod init app && go mod tidy, and commit go.mod and go.sum"),
		rule(`(\S+@\S+): (?:reading|Get) .*: (?:401|403|404|410) `, "go.private_module", "$1 cannot be had: it is private, or there is no such version",
			"check its name and version; "+ifPrivate),
		rule(`could not read Username|terminal prompts disabled|Permission denied \(publickey|Repository not found|invalid version: git `,
			"go.private_module", "a dependency's repository cannot be read", ifPrivate),
		rule(`dial tcp|no such host|i/o timeout|TLS handshake|x509:`, "go.proxy", "the modules' server could not be reached",
			"check the network, the proxy variables and GOPROXY, and deploy again"),
		rule(`C compiler "[^"]+" not found|exec: "(?:gcc|g\+\+|cc|clang)": executable file not found`, "go.cgo", "a dependency with C code could not be compiled",
			"it needs gcc: apt-get install build-essential"),
		rule(`build constraints exclude all Go files`, "go.cgo", "a package has nothing to build here, most likely for its C code",
			"set build.command to \"CGO_ENABLED=1 go build -o app .\", or use a package in Go alone"),
		rule(`pattern (.+): no matching files found`, "go.embed_missing", "the program embeds $1, which is not in the repository",
			"commit it, or set install to the command that makes it, such as \"npm ci && npm run build\""),
		rule(`no space left on device`, "go.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
	}
}

// explain tells the diagnostics of a failed go command: the known causes, else
// the compiler's errors.
func explain(b *hooks.Build, step string, err error) error {
	var failed *hooks.CommandError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return missing()
	case !errors.As(err, &failed):
		return err
	case failed.Signal == "killed":
		failed.Output = append(failed.Output, "Killed")
	}
	for _, d := range diagnose(failed, step) {
		b.Diagnose(d)
	}
	return err
}

// diagnose finds at least one cause.
func diagnose(failed *hooks.CommandError, step string) []slot.Diagnostic {
	found := hooks.Explain(rules(), failed.Output)
	for i, d := range found {
		if at, ok := position(d.Detail); ok {
			found[i].File, found[i].Line = at.File, at.Line
		}
	}
	if len(found) == 0 {
		found = compileErrors(failed.Output)
	}
	if len(found) == 0 {
		found = []slot.Diagnostic{{
			Severity: slot.SeverityError, Code: "go." + step + "_failed", Summary: failed.Error(),
			Hint: "the last lines of its output say why; the same command fails the same way on your machine",
		}}
	}
	return found
}

// compileErrors reads the errors that name a place. Lines that are indented
// belong to the one before.
func compileErrors(output []string) []slot.Diagnostic {
	var found []slot.Diagnostic
	for _, line := range output {
		d, ok := position(line)
		switch {
		case ok:
			found = append(found, d)
		case len(found) > 0 && strings.HasPrefix(line, "\t"):
			last := &found[len(found)-1]
			last.Detail += "\n" + line
		}
	}
	found = found[:min(len(found), maxErrors)]
	if len(found) > 0 { // the first is the headline, which shows no place of its own
		found[0].Summary = fmt.Sprintf("%s:%d: %s", found[0].File, found[0].Line, found[0].Summary)
		found[0].Hint = "go build ./... shows the same on your machine; deploy again when it is quiet"
	}
	return found
}

// place matches "./main.go:5:2: undefined: x". Source: the compiler's and the
// go command's way of writing positions.
var place = lazyregexp.New(`^(?:go: )?(?:\./)?([^:\t]+\.go|go\.(?:mod|work|sum)):(\d+)(?::\d+)?: (.+)$`)

// position turns a line that names a place into a diagnostic.
func position(line string) (slot.Diagnostic, bool) {
	m := place.FindStringSubmatch(line)
	if m == nil {
		return slot.Diagnostic{}, false
	}
	n, _ := strconv.Atoi(m[2])
	return slot.Diagnostic{
		Severity: slot.SeverityError, Code: "go.compile", Summary: m[3], Detail: line, File: m[1], Line: n,
	}, true
}
