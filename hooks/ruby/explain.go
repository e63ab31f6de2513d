package ruby

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// rules recognises what Bundler, Rails and Ruby print when they fail, the cause
// before its consequences. Sources: Bundler 2.3 with lines that are not broken
// (see THOR_COLUMNS), mkmf and Ruby 3.1.
func rules() []hooks.Rule {
	rule := func(pattern, code, summary, hint string) hooks.Rule {
		return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
			Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
		}}
	}
	return []hooks.Rule{
		rule(`^Killed$|\[NoMemoryError\]|failed to allocate memory`, "ruby.oom", "the build ran out of memory",
			"stop an app for the build, or give the machine more memory"),
		rule(`No space left on device|Errno::ENOSPC`, "ruby.disk_full", "the disk is full", "remove what is not needed; df -h shows which disk it is"),
		rule(`deployment mode after changing|lockfile can't be updated because frozen mode|frozen mode is set|lockfile .*not.* up to date`, "ruby.lock_out_of_sync",
			"the lock file does not fit the Gemfile", "run bundle install and commit the lock file with the Gemfile"),
		rule(`contains merge conflicts`, "ruby.lock_out_of_sync", "the lock file has marks of a merge in it", "resolve them: git checkout --theirs on the lock file, then bundle install, and commit it"),
		rule(`only supports platforms .* but your local platform is (\S+?)\.? `, "ruby.platform",
			"the lock file was written on another kind of machine: it has no gems for $1", "run bundle lock --add-platform $1 and commit the lock file"),
		rule(`Your Ruby version is (\S+), but your Gemfile specified (.+)$`, "ruby.version", "the Gemfile asks for Ruby $2, and this machine has $1",
			"install that version, with rbenv or mise for example, or change the line ruby in the Gemfile"),
		rule("There was an error parsing `([^`']+)[`']: (.+)$", "ruby.gemfile_invalid", "the $1 cannot be read: $2", "correct it; bundle install says the same on your machine"),
		rule(`(?:Could not reach host|Unable to resolve host) ([\w.-]+?)\.?(?:\s|$)`, "ruby.source_unreachable",
			"the gems could not be fetched: $1 cannot be reached", "check the network and the proxy variables, and deploy again; or commit the gems: bundle cache"),
		rule(`Could not fetch specs from (\S+)|Failed to open TCP connection to (\S+)`, "ruby.source_unreachable",
			"the gems could not be fetched: $1$2 cannot be reached", "check the network and the proxy variables, and deploy again; or commit the gems: bundle cache"),
		rule(`(?:Bad username or password|Authentication is required|Access token could not be authenticated) for (\S+)`, "ruby.source_login",
			"the source $1 wants a login", "tell Bundler of this machine once: bundle config set --global HOST USER:PASSWORD"),
		rule(`SSL_connect|certificate verify failed`, "ruby.source_tls", "the source of the gems has a certificate that this machine does not trust",
			"install the certificate, or start slot with SSL_CERT_FILE set"),
		rule(`Your bundle is locked to (\S+ \([^)]+\))`, "ruby.gem_missing", "$1 of the lock file is no longer to be had", "run bundle update for it and commit the lock file"),
		rule(`Could not find gem '([^']+)'`, "ruby.gem_missing", "there is no gem $1 in the sources of the Gemfile", "check its name and version; bundle install says the same on your machine"),
		rule(`Could not find (\S+) in (?:any of the sources|locally installed gems|rubygems repository|cached gems)`, "ruby.gem_missing", "there is no $1 in the sources of the Gemfile",
			"run bundle update for it and commit the lock file"),
		rule(`Bundler could not find compatible versions for gem "([^"]+)"|version solving has failed|Because every version of (\S+) depends`, "ruby.conflict",
			"the gems exclude each other: $1$2", "the lines above name them: loosen one of the versions in the Gemfile"),
		rule(`mkmf\.rb can't find header files for ruby|cannot load such file -- mkmf`, "ruby.headers", "a gem has to be compiled, and the headers of Ruby are missing",
			"install them: sudo apt-get install ruby-dev build-essential"),
		rule(`You have to install development tools first|sh: \d+: (?:make|gcc): not found|No such file or directory - make|make: \S*(?:gcc|g\+\+|cc|c\+\+): No such file`, "ruby.compiler", "a gem has to be compiled, and there is no compiler",
			"install one: sudo apt-get install build-essential ruby-dev"),
		rule(`fatal error: (\S+\.h): No such file or directory`, "ruby.headers", "a gem has to be compiled, and the header $1 is missing",
			"install the library's -dev package, such as libpq-dev for pg, libsqlite3-dev for sqlite3 or libyaml-dev for psych"),
		rule(`An error occurred while installing (\S+ \([^)]+\)), and Bundler cannot continue`, "ruby.gem_failed", "the gem $1 could not be installed",
			"the lines above say why; one that has to be compiled needs the -dev package of its library"),
		rule(`(?:sh: \d+: |ensure )(yarn|bun|pnpm)(?:: not found| is installed)`, "ruby.front_end", "the assets need $1, which is not installed on this machine",
			"install it: npm install -g $1; or set build to a command of your own"),
		rule("LoadError: cannot load such file -- (\\S+)|cannot load such file -- (\\S+) \\(LoadError\\)", "ruby.load", "the app needs $1$2, which is in none of its gems",
			"name its gem in the Gemfile, outside the groups development and test"),
		rule(`ActiveRecord::(?:ConnectionNotEstablished|NoDatabaseError|DatabaseConnectionError)|PG::ConnectionBad`, "ruby.database_at_build", "the build asks the database, which it cannot reach",
			"builds see neither a database nor the slot's variables: let initializers do without, or set build"),
	}
}

// syntaxError matches "app.rb:12: syntax error, unexpected end-of-input" and
// what Ruby 3.4 makes of it.
var syntaxError = lazyregexp.New(`^(?:ruby: )?([^:\s]+):(\d+): (.*syntax errors?\b.*|.*unterminated .*|.*unmatched .*)$`)

// explain tells the diagnostics of a failed command, the cause before its
// consequences: the first is the build's headline.
func explain(b *hooks.Build, step string, err error) error {
	var failed *hooks.CommandError
	var program *exec.Error
	switch {
	case errors.As(err, &program) && errors.Is(err, exec.ErrNotFound):
		return missing(program.Name)
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
		if m := syntaxError.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[2])
			name := strings.TrimPrefix(m[1], "./")
			return []slot.Diagnostic{{
				Severity: slot.SeverityError, Code: "ruby.syntax", Summary: name + ":" + m[2] + ": " + m[3], Detail: line, File: name, Line: n,
				Hint: "ruby -c " + name + " says the same on your machine",
			}}
		}
	}
	if found := hooks.Explain(rules(), failed.Output); len(found) > 0 {
		return found
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityError, Code: "ruby." + step + "_failed", Summary: failed.Error(),
		Hint: "the last lines of its output say why; the same command fails the same way on your machine",
	}}
}
