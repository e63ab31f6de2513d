package coderlab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Programs is the folder of what is built: coder, terraform where PATH has
// none that Coder takes, and a mirror of Terraform's registry.
type Programs struct {
	Dir       string
	Terraform string // its path
}

// Coder returns the path of server, agent and command line, which are one.
func (p Programs) Coder() string { return filepath.Join(p.Dir, "coder") }

// mirror returns the folder that takes the place of Terraform's registry.
func (p Programs) mirror() string { return filepath.Join(p.Dir, "mirror") }

// FindPrograms returns the programs, or an error that says how to get them.
func FindPrograms() (Programs, error) {
	dir, err := cacheDir()
	if err != nil {
		return Programs{}, err
	}
	p := Programs{Dir: dir}
	if _, err := os.Stat(filepath.Join(dir, "complete")); err != nil {
		return p, fmt.Errorf("coder is not built: go run ./internal/coderlab/setup")
	}
	if p.Terraform, err = findTerraform(dir); err != nil {
		return p, err
	}
	return p, nil
}

// need returns the programs. Without them the test is skipped, or fails where
// SLOT_TEST_STRICT is set. A short run has no Coder.
func need(t testing.TB) Programs {
	t.Helper()
	if testing.Short() {
		t.Skip("a Coder server takes too long for -short")
	}
	p, err := FindPrograms()
	if err == nil {
		_, err = postgresBin()
	}
	if err == nil {
		_, err = exec.LookPath("unshare")
	}
	if err != nil && os.Getenv("SLOT_TEST_STRICT") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return p
}

// cacheDir names the folder of this version of the programs: a change of any
// file of the four modules makes another.
func cacheDir() (string, error) {
	root := os.Getenv("SLOT_TEST_TOOLS")
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		root = filepath.Join(cache, "slot-test")
	}
	sum, err := fingerprint()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "coder", sum), nil
}

func fingerprint() (string, error) {
	h := sha256.New()
	for _, m := range modules {
		err := filepath.WalkDir(filepath.Join(sourceDir(), m.dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(sourceDir(), path)
			fmt.Fprintf(h, "%s %d\n%s", filepath.ToSlash(rel), len(b), b)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	fmt.Fprintf(h, "%+v %s", modules, runtime.GOARCH)
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// sourceDir is the folder of this file.
func sourceDir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}
