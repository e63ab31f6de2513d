package coderlab

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Validate reports what Terraform, with the real providers, finds wrong with
// the template in the folder: its form, names and types, without a machine.
// Each pair of edits is an old and a new text of its main.tf; the old one must
// be there.
func Validate(t testing.TB, dir string, edits ...string) {
	t.Helper()
	p := need(t)
	copied := t.TempDir()
	if err := copyFollowing(copied, dir); err != nil {
		t.Fatal(err)
	}
	if err := edit(filepath.Join(copied, "main.tf"), edits); err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(t.TempDir(), "terraformrc")
	if err := p.writeTerraformRC(rc); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"fmt", "-check", "-diff", "-recursive"},
		{"init", "-backend=false", "-input=false", "-no-color"},
		{"validate", "-no-color"},
	} {
		cmd := exec.CommandContext(t.Context(), p.Terraform, args...)
		cmd.Dir = copied
		cmd.Env = append(plainEnv(copied), "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("terraform %s of %s: %v\n%s", args[0], dir, err, out)
		}
	}
}

func edit(file string, edits []string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(edits); i += 2 {
		if n := bytes.Count(b, []byte(edits[i])); n != 1 {
			return fmt.Errorf("%s has %q %d times, want it once", file, edits[i], n)
		}
		b = bytes.Replace(b, []byte(edits[i]), []byte(edits[i+1]), 1)
	}
	return os.WriteFile(file, b, 0o644)
}

// writeTerraformRC makes Terraform take its providers from the mirror only.
func (p Programs) writeTerraformRC(file string) error {
	text := "provider_installation {\n  filesystem_mirror {\n    path = \"" + p.mirror() + "\"\n  }\n}\n"
	return os.WriteFile(file, []byte(text), 0o644)
}
