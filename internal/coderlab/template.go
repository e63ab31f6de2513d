package coderlab

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Template pushes the template in the folder under a name, as the first user;
// again is a new version of it. Symbolic links are followed, because Coder
// archives them as they are. Edits are as for [Validate].
func (l *Lab) Template(t testing.TB, name, dir string, variables map[string]string, edits ...string) {
	t.Helper()
	copied := t.TempDir()
	err := copyFollowing(copied, dir)
	if err == nil {
		err = edit(filepath.Join(copied, "main.tf"), edits)
	}
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"templates", "push", name, "--directory", copied, "--yes", "--message", "pushed by a test"}
	for k, v := range variables {
		args = append(args, "--variable", k+"="+v)
	}
	l.Admin.Coder(t, args...)
	l.step(t, "template "+name+" is pushed")
}

// copyFollowing copies a folder with what its links lead to.
func copyFollowing(to, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		src, dst := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		info, err := os.Stat(src)
		switch {
		case err != nil:
			return err
		case info.IsDir():
			if err := os.Mkdir(dst, 0o755); err != nil {
				return err
			}
			if err := copyFollowing(dst, src); err != nil {
				return err
			}
		default:
			b, err := os.ReadFile(src)
			if err != nil {
				return err
			}
			if err := os.WriteFile(dst, b, info.Mode()&fs.ModePerm); err != nil {
				return err
			}
		}
	}
	return nil
}
