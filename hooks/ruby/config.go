package ruby

import (
	"os"
	"path/filepath"
	"strings"
)

// without are the groups of gems that a server does not need.
const without = "development:test"

// configure writes Bundler's settings of the release, so that every command
// that runs there later finds the same gems. The repository's own settings
// stay, but for those on where the gems are.
func (j *job) configure(own bool) error {
	settings := []string{`BUNDLE_FROZEN: "true"`, `BUNDLE_SILENCE_DEPRECATIONS: "true"`}
	if own {
		settings = append(settings, `BUNDLE_PATH: "`+bundleDir+`"`)
	}
	if !j.app.gems.known() {
		settings = settings[1:]
	}
	before := strings.ReplaceAll(readText(j.files, ".bundle/config"), "\r\n", "\n")
	if !strings.Contains(before, "BUNDLE_WITHOUT") {
		settings = append(settings, `BUNDLE_WITHOUT: "`+without+`"`)
	}
	lines := []string{"---"}
	for line := range strings.SplitSeq(before, "\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "---", "", "BUNDLE_FROZEN", "BUNDLE_DEPLOYMENT", "BUNDLE_PATH", "BUNDLE_PATH__SYSTEM", "BUNDLE_SILENCE_DEPRECATIONS", "BUNDLE_DISABLE_SHARED_GEMS":
		default:
			lines = append(lines, line)
		}
	}
	dir := filepath.Join(j.request.App.AppDir, ".bundle")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "config"), []byte(strings.Join(append(lines, settings...), "\n")+"\n"), 0o644)
}
