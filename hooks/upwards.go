package hooks

import (
	"os"
	"path/filepath"
)

// Upwards returns the nearest regular file of that name in the app's folder or
// above it, up to the repository's top, as an absolute path; "" without one. It
// is for builds: Detect looks at AppDir only.
func (a App) Upwards(name string) string {
	for dir := a.AppDir; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
		if dir == a.SourceDir || dir == filepath.Dir(dir) {
			return ""
		}
	}
}
