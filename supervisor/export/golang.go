package export

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// golang compiles the program that the release's own says it was made of.
func (a *App) golang() (recipe, error) {
	r := recipe{run: "docker.io/library/debian:stable-slim", packages: []string{"ca-certificates"}}
	program := filepath.Join(strings.TrimSuffix(a.Dir, "/src"), "out", "app")
	version, build := a.version(2, "1"), ""
	if _, err := os.Stat(program); err == nil {
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return r, fmt.Errorf("cannot read what %q was made of: %w", program, err)
		}
		if v, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " "); v != "" {
			version = v
		}
		build = fmt.Sprintf("go build -trimpath -ldflags='-s -w' -o %s/app %s", outDir, goPackage(info.Path))
		r.out = true
	}
	if a.has("Procfile") || a.Config.Start != "" {
		if build != "" {
			build += " && "
		}
		build += "mkdir -p bin && go build -trimpath -ldflags='-s -w' -o bin/ ./..."
	}
	r.build = "docker.io/library/golang:" + version
	var download []string
	if a.has("go.mod") && !a.has("vendor") {
		download = []string{"go mod download"}
	}
	r.steps = a.steps(download, []string{build})
	return r, nil
}

// goPackage is how go build is told of a package: one that was named by its
// files has no name.
func goPackage(path string) string {
	if path == "" || path == "command-line-arguments" {
		return "."
	}
	return path
}
