package ruby

import (
	"testing"

	"github.com/slot-paas/slot/hooks"
)

// The lines are what Bundler 2.3, RubyGems 3.3, Ruby 3.1 and Rails 6.1 print,
// but for those that say otherwise.
func TestDiagnose_RecognisesKnownFailures(t *testing.T) {
	for _, tt := range []struct{ line, code, summary string }{
		{"You are trying to install in deployment mode after changing", "ruby.lock_out_of_sync", ""},
		{"The dependencies in your gemfile changed, but the lockfile can't be updated because frozen mode is set", "ruby.lock_out_of_sync", ""}, // Bundler 2.5
		{`Your bundle only supports platforms ["arm64-darwin-23"] but your local platform is x86_64-linux. Add the current platform to the lockfile with`,
			"ruby.platform", "the lock file was written on another kind of machine: it has no gems for x86_64-linux"},
		{"Your Ruby version is 3.1.7, but your Gemfile specified 3.9.1", "ruby.version", "the Gemfile asks for Ruby 3.9.1, and this machine has 3.1.7"},
		{"[!] There was an error parsing `Gemfile`: unterminated string meets end of file - gem \"foo", "ruby.gemfile_invalid",
			`the Gemfile cannot be read: unterminated string meets end of file - gem "foo`},
		{"Could not reach host index.example.com. Check your network connection and try again.", "ruby.source_unreachable",
			"the gems could not be fetched: index.example.com cannot be reached"},
		{"Could not fetch specs from http://127.0.0.1:1/ due to underlying error <Errno::ECONNREFUSED: Failed to open TCP connection to 127.0.0.1:1 (Connection refused)>",
			"ruby.source_unreachable", "the gems could not be fetched: http://127.0.0.1:1/ cannot be reached"},
		{"Your bundle is locked to tiny (1.0.1) from rubygems repository http://127.0.0.1:23290/ or installed locally, but that version can no longer be found in that source.",
			"ruby.gem_missing", "tiny (1.0.1) of the lock file is no longer to be had"},
		{"Could not find gem 'zz (~> 1)' in locally installed gems.", "ruby.gem_missing", "there is no gem zz (~> 1) in the sources of the Gemfile"},
		{"Could not find rack-2.2.21 in locally installed gems", "ruby.gem_missing", "there is no rack-2.2.21 in the sources of the Gemfile"},
		{"mkmf.rb can't find header files for ruby at /usr/lib/ruby/include/ruby.h", "ruby.headers", ""},
		{"You have to install development tools first.", "ruby.compiler", ""},
		{"native.c:2:10: fatal error: libnothere.h: No such file or directory", "ruby.headers", "a gem has to be compiled, and the header libnothere.h is missing"},
		{"An error occurred while installing native (1.0.0), and Bundler cannot continue.", "ruby.gem_failed", "the gem native (1.0.0) could not be installed"},
		{"sh: 1: yarn: not found", "ruby.front_end", "the assets need yarn, which is not installed on this machine"},
		{"LoadError: cannot load such file -- nowhere", "ruby.load", "the app needs nowhere, which is in none of its gems"},
		{"ActiveRecord::ConnectionNotEstablished: could not connect to server: No such file or directory", "ruby.database_at_build", ""},
		{"Errno::ENOSPC: No space left on device @ rb_sysopen", "ruby.disk_full", ""},
		{"Killed", "ruby.oom", ""},
		{"Something else", "ruby.install_failed", `"bundle install" ended with code 1`},
	} {
		t.Run(tt.line, func(t *testing.T) {
			found := diagnose(&hooks.CommandError{Argv: []string{"bundle", "install"}, Code: 1, Output: []string{"Fetching source index", tt.line, "more"}}, "install")
			if len(found) != 1 || found[0].Code != tt.code || found[0].Hint == "" {
				t.Fatalf("got %+v", found)
			}
			if tt.summary != "" && found[0].Summary != tt.summary {
				t.Errorf("got %q", found[0].Summary)
			}
		})
	}
}

func TestDiagnose_NamesThePlaceOfASyntaxError(t *testing.T) {
	for _, line := range []string{
		"app.rb:12: syntax error, unexpected end-of-input", // Ruby 3.1
		"app.rb:12: syntax error found (SyntaxError)",      // Ruby 3.4
		"./app.rb:12: syntax errors found (SyntaxError)",
	} {
		found := diagnose(&hooks.CommandError{Output: []string{line, "    get \"/\" do"}}, "check")
		if len(found) != 1 || found[0].Code != "ruby.syntax" || found[0].File != "app.rb" || found[0].Line != 12 {
			t.Errorf("%s: got %+v", line, found)
		}
	}
}
