package php

import (
	"errors"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// rules recognises what Composer and PHP print when they fail, the cause before
// its consequences. Sources: Composer 2.5 with lines that are not broken (see
// COLUMNS), PHP 8.2.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`^Killed$|Allowed memory size of \d+ bytes exhausted`, "php.oom", "the build ran out of memory",
			"stop an app for the build, give the machine more memory, or raise memory_limit in php.ini"),
		rule(`No space left on device`, "php.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
		rule(`Required (?:\(in require-dev\) )?package "([^"]+)" is (?:not present in the lock file|in the lock file as)`, "php.lock_out_of_sync",
			"composer.lock does not fit composer.json: $1", "run composer update $1 and commit composer.lock"),
		rule(`requires php(?:-64bit)? (.+?) -> your php(?:-64bit)? version \(([^;)]+)`, "php.version", "a package asks for PHP $1, and this machine has $2",
			"install that version, or run composer update with this one and commit composer.lock"),
		rule(`requires (?:PHP extension )?ext-(\S+) .*(?:missing from your system|not present)`, "php.extension", "a package needs the PHP extension $1, which this machine does not have",
			"install it: sudo apt-get install php-$1"),
		rule(`The "([^"]+)" file could not be downloaded: .*(?:getaddrinfo|Connection|SSL|timed out)|curl error \d+ while downloading (\S+):|unable to access '([^']+)'`,
			"php.source_unreachable", "the packages could not be fetched: $1$2$3 cannot be reached", "check the network and the proxy variables, and deploy again"),
		rule(`The "([^"]+)" file could not be downloaded \(HTTP/\S+ 40[13]|Could not authenticate against (\S+)|Invalid credentials \(HTTP \d+\) for '([^']+)'`, "php.source_login",
			"$1$2$3 wants a login", "run composer config --global --auth http-basic.HOST USER PASSWORD on this machine once"),
		rule(`([\w./-]+/[\w./-]+)(?: \S+)?,? (?:-> )?it could not be found in any version|requires ([\w./-]+/[\w./-]+ \S+?),? (?:-> )?found .* but it does not match`, "php.package_missing",
			"there is no package $1$2",
			"check its name and version in composer.json"),
		rule(`requirements could not be resolved to an installable set`, "php.conflict", "the packages exclude each other",
			"the lines above name them: loosen one of the versions in composer.json"),
		rule(`([\w./-]+) contains a Composer plugin which is blocked by your allow-plugins config`, "php.plugin_blocked",
			"$1 is a plugin of Composer that the app does not allow", "run composer config allow-plugins.$1 true and commit composer.json"),
		rule(`zip extension and unzip/7z commands are both missing|unzip.* command.* missing`, "php.unzip", "packages cannot be unpacked", "install: sudo apt-get install unzip php-zip"),
		rule(`Script (.+) handling the (\S+) event returned with error code (\d+)`, "php.script_failed", "the app's script \"$1\" failed, at Composer's $2",
			"its output is above; builds do not see the slot's variables"),
	}
}

var parseError = lazyregexp.New(`(?:PHP )?Parse error:\s+(.+) in (\S.*) on line (\d+)`)

// explain tells the diagnostics of a failed command, the cause before its
// consequences: the first is the build's headline.
func explain(b *hooks.Build, step string, err error) error {
	var failed *hooks.CommandError
	var program *exec.Error
	switch {
	case errors.As(err, &program) && errors.Is(err, exec.ErrNotFound):
		return missing(program.Name, installHint)
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
	for _, line := range failed.Output {
		if m := parseError.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[3])
			return []slot.Diagnostic{{
				Severity: slot.SeverityError, Code: "php.syntax", Summary: m[2] + ":" + m[3] + ": " + m[1], Detail: strings.TrimSpace(line), File: m[2], Line: n,
				Hint: "php -l " + m[2] + " says the same on your machine",
			}}
		}
	}
	found := hooks.Explain(rules(), failed.Output)
	if len(found) > 1 { // whatever is wrong, Composer says this, too
		found = slices.DeleteFunc(found, func(d slot.Diagnostic) bool { return d.Code == "php.conflict" })
	}
	if len(found) > 0 {
		return found
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityError, Code: "php." + step + "_failed", Summary: failed.Error(),
		Hint: "the last lines of its output say why; the same command fails the same way on your machine",
	}}
}
