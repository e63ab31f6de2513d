package python

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

// runtime is a Python of the machine.
type runtime struct {
	program string // its real path: the one in PATH may be that of a version manager
	version string // "3.11.7"
	abi     string // of native modules, with the machine's architecture
	pip     string // the version of its pip, "" without one
}

const question = `
import json, sys, sysconfig
try:
    from pip import __version__ as pip
except ImportError:
    pip = ""
print(json.dumps(["%d.%d.%d" % sys.version_info[:3], sys.executable, sysconfig.get_config_var("SOABI") or "", pip]))
`

// findRuntime takes the Python of the minor version that the app asks for,
// where the machine has it beside its usual one. A version manager chooses by
// files in the app's folder; when it has not what they name, its usual one is
// asked elsewhere.
func findRuntime(ctx context.Context, dir, wanted string) (runtime, error) {
	if m := minor.FindStringSubmatch(wanted); m != nil {
		if r, err := askRuntime(ctx, "python"+m[1], dir); err == nil {
			return r, nil
		}
	}
	r, err := askRuntime(ctx, "python3", dir)
	if err != nil && !errors.Is(err, exec.ErrNotFound) && ctx.Err() == nil {
		r, err = askRuntime(ctx, "python3", "/")
	}
	if errors.Is(err, exec.ErrNotFound) {
		err = hooks.Fail(slot.Diagnostic{
			Code: "python.missing", Summary: "the app needs Python, which is not installed on this machine",
			Hint: "install it: sudo apt-get install python3 python3-venv",
		})
	}
	return r, err
}

// askRuntime asks isolated from the app's files, which may have any name.
func askRuntime(ctx context.Context, program, dir string) (runtime, error) {
	cmd := exec.CommandContext(ctx, program, "-I", "-c", question)
	cmd.Dir = dir
	out, err := cmd.Output()
	var answer [4]string
	if err == nil {
		err = json.Unmarshal(bytes.TrimSpace(out), &answer)
	}
	if err != nil {
		return runtime{}, fmt.Errorf("cannot ask %s for its version: %w", program, err)
	}
	return runtime{version: answer[0], program: answer[1], abi: answer[2], pip: answer[3]}, nil
}

// reaches reports whether its pip can install into another environment, which
// saves the seconds that a pip of the environment's own takes. Source: pip
// 22.3 has the option --python.
func (r runtime) reaches() bool {
	have, n := parseVersion(r.pip)
	return n > 0 && holds(have, ">=", [3]int{22, 3}, 2)
}
