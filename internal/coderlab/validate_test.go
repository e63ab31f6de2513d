package coderlab_test

import (
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// 2.x of the Kubernetes provider cannot be built (docs/decisions/0041); 1.13
// wants these two fields, of all that the template uses, as blocks.
var for113 = []string{
	`version = ">= 2.0.0, < 3.0.0"`, `version = "1.13.4"`,
	"requests = {\n              cpu", "requests {\n              cpu",
	"limits = {\n              cpu", "limits {\n              cpu",
}

// Terraform and the real providers accept each template.
func TestTemplates_AreValid(t *testing.T) {
	for name, c := range map[string]struct {
		dir   string
		edits []string
	}{
		"kubernetes": {dir: "../../coder", edits: for113},
		"docker":     {dir: "../../coder/docker"},
		"local":      {dir: coderlab.LocalTemplate()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coderlab.Validate(t, c.dir, c.edits...)
		})
	}
}
