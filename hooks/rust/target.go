package rust

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// stampName is the file in the target folder that tells which Rust filled it.
const stampName = "slot-rust"

// freshen removes what may not be used again from the target folder: everything
// where another Rust made it, and the app's own packages always. Cargo judges
// those by the times of their files, which are the commit's: after a build that
// was not deployed, an older commit in the same place would pass for compiled.
func (j *job) freshen(ctx context.Context) error {
	target, stamp := j.target(), filepath.Join(j.target(), stampName)
	made, err := os.ReadFile(stamp)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	own := j.ownPackages()
	if j.request.NoCache || string(made) != j.rust || len(own) == 0 || j.clean(ctx, own) != nil {
		if err := os.RemoveAll(target); err != nil {
			return err
		}
	}
	if j.request.App.Overrides.Build != "" { // which may use other profiles than are cleaned
		if err := touch(j.request.App.SourceDir); err != nil {
			return err
		}
	}
	j.warm = false
	if entries, err := os.ReadDir(target); err == nil {
		j.warm = len(entries) > 1 // more than the stamp
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(j.rust), 0o644)
}

// clean has cargo remove what it compiled of the packages.
func (j *job) clean(ctx context.Context, packages []string) error {
	argv := []string{"clean", "--release", "--offline", "--locked"}
	for _, name := range packages {
		argv = append(argv, "-p", name)
	}
	cmd := exec.CommandContext(ctx, "cargo", argv...)
	cmd.Dir = j.request.App.AppDir
	cmd.Env = append(os.Environ(), j.env()...)
	return cmd.Run()
}

// touch makes all files of the repository newer than what was compiled.
func touch(dir string) error {
	now := time.Now()
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		return os.Chtimes(path, now, now)
	})
}

// ownPackages returns the names of the packages that are folders of the
// repository: in the lock file they have no source.
func (j *job) ownPackages() []string {
	var lock struct {
		Package []struct{ Name, Source string }
	}
	if _, err := toml.DecodeFile(j.request.App.Upwards(lockName), &lock); err != nil {
		return nil
	}
	var names []string
	for _, p := range lock.Package {
		if p.Source == "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// collect copies the programs into the release, which must not need the cache,
// and returns their names. A command of the user may have built for another
// profile or machine type.
func (j *job) collect(names []string) ([]string, error) {
	var found []string
	for _, name := range names {
		for _, pattern := range []string{"release", "*/release", "debug", "*/debug"} {
			files, _ := filepath.Glob(filepath.Join(j.target(), pattern, name))
			if len(files) == 0 {
				continue
			}
			if err := copyProgram(files[0], filepath.Join(j.request.App.AppDir, binDir, name)); err != nil {
				return nil, err
			}
			found = append(found, name)
			break
		}
	}
	return found, nil
}

func copyProgram(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// present returns the programs that lie in the release already.
func (j *job) present(names []string) []string {
	var found []string
	for _, name := range names {
		info, err := os.Stat(filepath.Join(j.request.App.AppDir, binDir, name))
		if err == nil && info.Mode().IsRegular() && !strings.HasPrefix(name, ".") {
			found = append(found, name)
		}
	}
	return found
}
