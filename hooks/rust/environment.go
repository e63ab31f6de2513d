package rust

import (
	"cmp"
	"fmt"
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
	names := []string{"credentials.toml", "credentials"}
	if !findsAbove(j.request.App.AppDir, user) { // read twice, its lists would hold everything twice
		names = append(names, "config.toml", "config")
	}
	return hooks.Lend(user, cargoHome(j.request), names...)
}

// findsAbove reports whether cargo finds the folder's configuration by itself,
// looking for .cargo in all folders above dir.
func findsAbove(dir, user string) bool {
	parent := filepath.Dir(user)
	return filepath.Base(user) == ".cargo" && strings.HasPrefix(dir, strings.TrimSuffix(parent, "/")+"/")
}
