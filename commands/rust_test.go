package commands_test

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// setupRust names the user's own Rust and what it knows of registries, which
// are found below $HOME otherwise.
func setupRust(env *testscript.Env) {
	for name, dir := range map[string]string{"RUSTUP_HOME": ".rustup", "CARGO_HOME": ".cargo"} {
		dir = cmp.Or(os.Getenv(name), filepath.Join(os.Getenv("HOME"), dir))
		if _, err := os.Stat(dir); err == nil {
			env.Setenv(name, dir)
		}
	}
}
