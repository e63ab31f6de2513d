// Package export writes the files with which a slot's app runs elsewhere: a
// Dockerfile, a compose project, manifests for Kubernetes, a Procfile. It owns
// what the built-in hooks do as steps that need no slot. It reads the app's
// files through what the caller gives it, writes nothing and starts nothing.
package export

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Format is a kind of place where an app runs.
type Format string

// The formats.
const (
	Dockerfile Format = "dockerfile"
	Compose    Format = "compose"
	Kubernetes Format = "kubernetes"
	Procfile   Format = "procfile"
)

// Formats returns every format.
func Formats() []Format { return []Format{Dockerfile, Compose, Kubernetes, Procfile} }

// ParseFormat returns the format that s names.
func ParseFormat(s string) (Format, error) {
	if f := Format(s); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", slot.E(slot.KindUsage, "dockerfile, compose, kubernetes or procfile", fmt.Errorf("no format %q", s))
}

// App is what is known of a release and its slot.
type App struct {
	Release slot.Release
	Config  slot.SlotConfig
	Env     map[string]string // the slot's variables as they are written: see LeaveOut
	LeftOut []string          // names of those whose values are not to be written
	Files   fs.FS             // the release's repository, built
	Dir     string            // where that lies on this machine: its plan may name it
	Tool    string            // version of the language that it runs on here: "22.11.0"; "" where there is none
	Name    string            // of the app, for images and manifests

	Database *Database // nil without one, or with one that is elsewhere
}

// Database is the slot's PostgreSQL.
type Database struct {
	Major    int    // of its server
	Password string // for a new one
	Dump     bool   // database.dump lies beside the files
}

// File is one file of an export.
type File struct {
	Name   string `json:"name"`
	Text   string `json:"text,omitempty"`
	Secret bool   `json:"secret,omitempty"` // mode 0600
}

// The names of the files, which the image does not contain.
const (
	DumpName   = "database.dump"
	EnvName    = ".env"
	ReadmeName = "EXPORT.md"
)

// Main returns the one file that a format is about; it stands by itself but
// for compose, which needs the Dockerfile.
func (a *App) Main(f Format) (File, error) {
	switch f {
	case Procfile:
		return a.procfile()
	case Compose:
		return a.compose()
	case Kubernetes:
		return a.kubernetes()
	}
	return a.dockerfile()
}

// All returns every file of a format.
func (a *App) All(f Format) ([]File, error) {
	first, err := a.Main(f)
	if err != nil {
		return nil, err
	}
	files := []File{first}
	if f == Compose || f == Kubernetes {
		docker, err := a.dockerfile()
		if err != nil {
			return nil, err
		}
		files = append(files, docker)
	}
	if f != Procfile {
		files = append(files, dockerignore())
	}
	if f != Kubernetes { // whose manifests have them
		files = append(files, a.env(f))
	}
	return append(files, a.readme(f, files)), nil
}

// appDir is where the repository lies in an image, storage where its volume is.
const (
	appDir  = "/app"
	storage = "/data"
)

// port is where the app listens elsewhere.
func (a *App) port() int {
	if a.Config.AppPort != 0 {
		return a.Config.AppPort
	}
	return 8080
}

// here puts the image's paths in the place of this machine's.
func (a *App) here(text string) string {
	out := strings.TrimSuffix(a.Dir, "/src") + "/out" // of a hook: files beside the source
	return strings.NewReplacer(out, outDir, a.Dir, appDir).Replace(text)
}

// outDir is where a build puts what does not belong between the app's files.
const outDir = "/opt/app"
