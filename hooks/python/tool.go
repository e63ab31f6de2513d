package python

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// useTool finds the program that installs what the lock file says: the
// machine's own, else the copy that slot fetched before, else one that it
// fetches now. Without any it explains, or leaves the work to pip.
func (j *job) useTool(ctx context.Context) error {
	m := &j.app.manifest
	if m.manager != "uv" && m.manager != "poetry" {
		return nil
	}
	if _, err := exec.LookPath(m.manager); err == nil {
		j.tool = []string{m.manager}
		return nil
	}
	dir := filepath.Join(j.request.SharedCacheDir, "tools", m.manager+"-"+j.runtime.abi)
	if j.tool = toolIn(dir, m.manager); j.works(ctx) {
		return nil
	}
	err := j.fetchTool(ctx, dir)
	if j.tool = toolIn(dir, m.manager); err == nil && j.works(ctx) {
		j.b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "python.tool_fetched",
			Summary: m.manager + " is not installed on this machine: slot fetched a copy of its own, for all slots",
			Hint:    "pipx install " + m.manager + ", to build with one of yours",
		})
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	j.tool = nil
	d := m.missing()
	if d.Severity == slot.SeverityError {
		return hooks.Fail(d)
	}
	j.b.Diagnose(d)
	return nil
}

// toolIn returns how a fetched tool is started. Its environment was moved, so
// that only what does not name its path can be used: uv is a program by itself,
// Poetry a module.
func toolIn(dir, name string) []string {
	if name == "uv" {
		return []string{filepath.Join(dir, "bin", "uv")}
	}
	return []string{filepath.Join(dir, "bin", "python"), "-I", "-m", name}
}

func (j *job) works(ctx context.Context) bool {
	if _, err := os.Stat(j.tool[0]); err != nil {
		return false
	}
	return exec.CommandContext(ctx, j.tool[0], append(j.tool[1:], "--version")...).Run() == nil
}

// fetchTool installs the tool into an environment of its own, which takes its
// place whole: the folder belongs to all slots.
func (j *job) fetchTool(ctx context.Context, dir string) error {
	name := j.app.manifest.manager
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	partial, err := os.MkdirTemp(filepath.Dir(dir), "partial-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	step := j.b.Step("tool", "pip install "+name)
	err = j.makeEnvironment(ctx, partial)
	if err == nil {
		err = j.b.Run(ctx, j.request.TmpDir, j.pipInto(partial, "--quiet", "--retries", "1", name), j.env()...)
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(dir), os.Rename(partial, dir))
	}
	return step.End(err)
}
