package golang

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/slot-paas/slot/hooks"
)

// env is the go command's environment: caches of slot's, and nothing that it
// would otherwise guess from folders above the app's repository.
func (j *job) env() []string {
	r := j.request
	gopath := filepath.Join(r.SharedCacheDir, "path")
	env := []string{
		"GOPATH=" + gopath, // the checksum database's notes go there
		"GOMODCACHE=" + filepath.Join(gopath, "pkg", "mod"),
		"GOCACHE=" + filepath.Join(r.SharedCacheDir, "build"),
		// The build cache is keyed by -trimpath, so the user's commands get it too.
		// Without -modcacherw the module cache could not be removed. There is no
		// .git to stamp the program with, unless one stands above slot's folders.
		fmt.Sprintf("GOFLAGS=-trimpath -modcacherw -buildvcs=false -p=%d", max(r.Jobs, 1)),
	}
	work := r.App.Upwards("go.work")
	if work == "" && r.App.Upwards("go.mod") == "" {
		env = append(env, "GO111MODULE=off")
	} else {
		env = append(env, "GO111MODULE=on")
	}
	if work == "" {
		work = "off"
	}
	env = append(env, "GOWORK="+work)
	if os.Getenv("GOTOOLCHAIN") == "" {
		env = append(env, "GOTOOLCHAIN="+j.app.toolchainName())
	}
	if os.Getenv("CGO_ENABLED") == "" {
		cgo := "0"
		if j.app.needsC() {
			cgo = "1"
		}
		env = append(env, "CGO_ENABLED="+cgo)
	}
	return env
}

// readAbove reads the module of an app whose root is a folder inside one.
func (a *app) readAbove(in hooks.App) error {
	file := in.Upwards("go.mod")
	if a.module != "" || file == "" {
		return nil
	}
	files, err := hooks.OpenFiles(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer files.Close()
	a.vendored = files.Exists(vendorList)
	return a.readModule(files)
}
