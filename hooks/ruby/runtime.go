package ruby

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// runtime is the Ruby of the machine.
type runtime struct {
	Engine  string          // "ruby"
	Version string          // "3.1.7"
	ABI     string          // of native gems: "3.1.0", the name of a folder
	Machine string          // "x86_64-linux"
	Bundler string          // its version, "" without it
	Default string          // the folder that gems are installed to
	Path    []string        // the folders in which gems are
	Gems    map[string]bool // of those asked for, which are installed
}

const question = `
begin
  require "bundler/version"
  bundler = Bundler::VERSION
rescue LoadError
  bundler = ""
end
require "json"
names = %w[rails rack rackup sinatra puma webrick].to_h { |n| [n, !Gem::Specification.find_all_by_name(n).empty?] }
puts JSON.generate(Engine: RUBY_ENGINE, Version: RUBY_VERSION, ABI: Gem.extension_api_version, Machine: Gem::Platform.local.to_s,
  Bundler: bundler, Default: Gem.default_dir, Path: Gem.path, Gems: names)
`

// findRuntime asks the ruby that the app would be started with: a version
// manager chooses by files in the app's folder.
func findRuntime(ctx context.Context, dir string) (runtime, error) {
	cmd := exec.CommandContext(ctx, "ruby", "-e", question)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "RUBYOPT=") // the app's could load files that are not there yet
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return runtime{}, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return runtime{}, missing("ruby")
	case errors.As(err, &exit):
		first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return runtime{}, hooks.Fail(slot.Diagnostic{
			Code: "ruby.broken", Summary: "ruby does not start in the app's folder: " + first,
			Hint: "a version manager such as rbenv needs the version that .ruby-version or .tool-versions names: install it, or change the file",
		})
	}
	var r runtime
	if err == nil {
		err = json.Unmarshal(bytes.TrimSpace(out), &r)
	}
	if err != nil {
		return runtime{}, fmt.Errorf("cannot ask ruby for its version: %w", err)
	}
	return r, nil
}

func missing(program string) error {
	return hooks.Fail(slot.Diagnostic{
		Code: "ruby.missing", Summary: "the app needs " + program + ", which is not installed on this machine", Hint: installHint,
	})
}

// machineGems returns the folders with gems that are the machine's own, none
// when Ruby itself is in the user's home.
func (r runtime) machineGems() []string {
	home := os.Getenv("HOME")
	own := func(dir string) bool {
		rel, err := filepath.Rel(home, dir)
		return home != "" && err == nil && filepath.IsLocal(rel)
	}
	if own(r.Default) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Path), own)
}
