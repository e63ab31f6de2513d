package php

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

const (
	installHint  = "install PHP: sudo apt-get install php-cli"
	composerHint = "install Composer: sudo apt-get install composer"
)

// runtime is the PHP of the machine.
type runtime struct {
	Version    string   // "8.2.36"
	Extensions []string // as they call themselves
	frankenphp bool     // that server is there as well
}

const question = `echo json_encode(["Version" => PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION . "." . PHP_RELEASE_VERSION, "Extensions" => get_loaded_extensions()]);`

// findRuntime asks php in the app's folder: a version manager chooses by files
// there.
func findRuntime(ctx context.Context, dir string) (runtime, error) {
	cmd := exec.CommandContext(ctx, "php", "-d", "display_errors=stderr", "-r", question)
	cmd.Dir = dir
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return runtime{}, missing("php", installHint)
	}
	var r runtime
	if err == nil {
		err = json.Unmarshal(bytes.TrimSpace(out), &r)
	}
	if err != nil {
		return runtime{}, fmt.Errorf("cannot ask php for its version: %w", err)
	}
	_, err = exec.LookPath("frankenphp")
	r.frankenphp = err == nil
	return r, nil
}

func missing(program, hint string) error {
	return hooks.Fail(slot.Diagnostic{
		Code: "php.missing", Summary: "the app needs " + program + ", which is not installed on this machine", Hint: hint,
	})
}
