package coderlab

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/slot-paas/slot/internal/semver"
)

// findTerraform returns a Terraform that Coder takes: PATH's, else the one built.
func findTerraform(dir string) (string, error) {
	var seen string
	for _, name := range []string{"terraform", filepath.Join(dir, "terraform")} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "version", "-json").Output()
		var v struct {
			Version string `json:"terraform_version"`
		}
		if err != nil || json.Unmarshal(out, &v) != nil {
			continue
		}
		if semver.Satisfies(v.Version, ">=1.1.0 <1.14.0") {
			return path, nil
		}
		seen = fmt.Sprintf(" (%s is %s)", path, v.Version)
	}
	return "", fmt.Errorf("no terraform of 1.1 to 1.13%s: go run ./internal/coderlab/setup", seen)
}
