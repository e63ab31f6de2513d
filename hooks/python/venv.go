package python

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/internal/kept"
)

// venvName is the environment's folder in the app's: every release has its own,
// at the path it was made for, and a plan can name it without knowing where the
// app is. See docs/decisions/0010-a-venv-in-each-release.md.
const venvName = ".venv"

// keptNote is what is known of a kept environment besides its files.
type keptNote struct {
	Path  string   `json:"path"`            // it was made for
	Added []string `json:"added,omitempty"` // distributions that the app does not name
}

// makeVenv makes an empty environment.
func (j *job) makeVenv(ctx context.Context) error {
	if err := os.RemoveAll(j.venv); err != nil {
		return err
	}
	return j.makeEnvironment(ctx, j.venv)
}

func (j *job) makeEnvironment(ctx context.Context, dir string) error {
	argv := []string{j.runtime.program, "-I", "-m", "venv"}
	if j.runtime.reaches() {
		argv = append(argv, "--without-pip")
	}
	return j.b.Run(ctx, j.request.App.AppDir, append(argv, dir))
}

// pip returns the command that installs into the environment.
func (j *job) pip(args ...string) []string { return j.pipInto(j.venv, args...) }

func (j *job) pipInto(venv string, args ...string) []string {
	argv := []string{filepath.Join(venv, "bin", "python"), "-I", "-m", "pip", "install"}
	if j.runtime.reaches() {
		argv = []string{j.runtime.program, "-I", "-m", "pip", "--python", argv[0], "install"}
	}
	return append(argv, args...)
}

// openCache returns the cache for the app's environment, or why it has none.
func (j *job) openCache() (*kept.Cache, string) {
	m := j.app.manifest
	switch {
	case m.manager == "uv":
		return nil, "uv keeps its own store"
	case m.local || m.whole:
		return nil, "a dependency is a folder of the repository"
	}
	sum := sha256.New()
	part := func(name, data string) { fmt.Fprintf(sum, "%s %d\n%s\n", name, len(data), data) }
	part("requirements", m.text)
	for _, name := range m.files {
		part(name, readText(j.files, name))
	}
	part("manager", m.manager)
	part("needs", strings.Join(j.app.choice.needs, " "))
	part("machine", strings.Join([]string{j.runtime.program, j.runtime.version, j.runtime.abi}, " "))
	return &kept.Cache{
		Dir: filepath.Join(j.request.CacheDir, "venvs-1"), Key: hex.EncodeToString(sum.Sum(nil))[:32],
		Own: namesItsPath, Whole: func(dir string) error {
			_, err := os.Stat(filepath.Join(dir, "bin", "python")) // where the link leads
			return err
		},
	}, ""
}

// namesItsPath tells the files that hold the path of their environment.
func namesItsPath(rel string) bool {
	return rel == "pyvenv.cfg" || strings.HasPrefix(rel, "bin/")
}

// restore brings a kept environment to this release's path.
func (j *job) restore(cache *kept.Cache) (note keptNote, bytes int64, hit bool, err error) {
	bytes, hit, err = cache.Restore(j.venv, &note)
	if err == nil && hit {
		err = relocate(j.venv, note.Path)
	}
	return note, bytes, hit, err
}

// relocate makes the environment, a copy of one that was made for another
// path, name its own path in its programs' first lines.
func relocate(venv, from string) error {
	programs, err := os.ReadDir(filepath.Join(venv, "bin"))
	if err != nil {
		return err
	}
	names := []string{"pyvenv.cfg"}
	for _, p := range programs {
		if p.Type().IsRegular() {
			names = append(names, filepath.Join("bin", p.Name()))
		}
	}
	for _, name := range names {
		path := filepath.Join(venv, name)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		// Only text: in a compiled program the length of a path counts.
		if bytes.IndexByte(data, 0) < 0 && bytes.Contains(data, []byte(from)) {
			if err := os.WriteFile(path, bytes.ReplaceAll(data, []byte(from), []byte(venv)), 0o755); err != nil {
				return err
			}
		}
	}
	return nil
}

// has reports whether a distribution whose module bears its name is installed.
func (j *job) has(name string) bool {
	found, _ := filepath.Glob(filepath.Join(j.venv, "lib", "python*", "site-packages", name))
	return len(found) > 0
}
