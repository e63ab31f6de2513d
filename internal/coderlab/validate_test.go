package coderlab_test

import (
	"testing"

	"github.com/slot-paas/slot/internal/coderlab"
)

// Terraform and the real providers accept each template.
func TestTemplates_AreValid(t *testing.T) {
	t.Run("kubernetes", func(t *testing.T) {
		t.Parallel()
		// 2.x of the provider cannot be built (docs/decisions/0041); 1.13
		// wants these two fields, of all that the template uses, as blocks.
		coderlab.Validate(t, "../../coder", `version = ">= 2.0.0, < 3.0.0"`, `version = "1.13.4"`,
			"requests = {\n              cpu", "requests {\n              cpu",
			"limits = {\n              cpu", "limits {\n              cpu")
	})
	t.Run("docker", func(t *testing.T) {
		t.Parallel()
		coderlab.Validate(t, "../../coder/docker")
	})
	t.Run("local", func(t *testing.T) {
		t.Parallel()
		coderlab.Validate(t, coderlab.LocalTemplate())
	})
}
