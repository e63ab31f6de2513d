package rust

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/hooks"
)

// env is cargo's environment: a home and a target folder of slot's. rustup must
// not install what an app names, which would change the user's own folders.
func (j *job) env() []string {
	r := j.request
	return []string{
		"CARGO_HOME=" + cargoHome(r), "CARGO_TARGET_DIR=" + j.target(),
		fmt.Sprintf("CARGO_BUILD_JOBS=%d", max(r.Jobs, 1)),
		"CARGO_TERM_COLOR=never", "CARGO_TERM_PROGRESS_WHEN=never", "RUSTUP_AUTO_INSTALL=0",
	}
}

func cargoHome(r hooks.BuildRequest) string { return filepath.Join(r.SharedCacheDir, "cargo") }

// target is where cargo compiles to.
func (j *job) target() string { return filepath.Join(j.request.CacheDir, "target") }

// lendConfiguration makes the user's own configuration of cargo hold in slot's
// cargo home too: registries, source replacement, credentials. They are links,
// so that no secret is copied and what the user changes holds at once.
func (j *job) lendConfiguration() error {
	user := cmp.Or(os.Getenv("CARGO_HOME"), filepath.Join(os.Getenv("HOME"), ".cargo"))
	home := cargoHome(j.request)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"config.toml", "config", "credentials.toml", "credentials"} {
		target := filepath.Join(user, name)
		if strings.HasPrefix(name, "config") && findsAbove(j.request.App.AppDir, user) {
			target = "" // read twice, its lists would hold everything twice
		}
		if err := lend(target, filepath.Join(home, name)); err != nil {
			return fmt.Errorf("cannot lend %s to the build: %w", target, err)
		}
	}
	return nil
}

// findsAbove reports whether cargo finds the folder's configuration by itself,
// looking for .cargo in all folders above dir.
func findsAbove(dir, user string) bool {
	parent := filepath.Dir(user)
	return filepath.Base(user) == ".cargo" && strings.HasPrefix(dir, strings.TrimSuffix(parent, "/")+"/")
}

// lend makes link point to the file target, or removes it where there is none.
// Builds of other slots may do the same at the same time.
func lend(target, link string) error {
	if _, err := os.Stat(target); target == "" || err != nil {
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if now, err := os.Readlink(link); err == nil && now == target {
		return nil
	}
	fresh := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Symlink(target, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, link)
}

// upwards returns the nearest file of that name in the app's folder or above
// it, up to the repository's top; "" without one.
func upwards(in hooks.App, name string) string {
	for dir := in.AppDir; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
		if dir == in.SourceDir || dir == filepath.Dir(dir) {
			return ""
		}
	}
}
