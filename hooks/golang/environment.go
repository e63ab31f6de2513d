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
	work := upwards(r.App, "go.work")
	if work == "" && upwards(r.App, "go.mod") == "" {
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
	file := upwards(in, "go.mod")
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
