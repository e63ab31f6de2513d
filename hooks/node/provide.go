package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// provide sees to it that the app's package manager can be run in the version
// that the app asks for. npm is the machine's; of the others the machine's is
// taken where it fits, else npm fetches the right one into the shared cache.
func (j *job) provide(ctx context.Context) error {
	m := j.app.manager
	if m.name == "npm" || m.bundled != "" && j.useBundled() {
		return nil
	}
	have, installed := installedVersion(ctx, m.name)
	if installed && m.fits(have) {
		return nil
	}
	bin, err := j.fetchManager(ctx, m)
	switch {
	case err == nil:
		j.bin, j.fetched = bin, true
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !installed:
		return explainFetch(m, err)
	}
	j.b.Diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "node.pm_version",
		Summary: fmt.Sprintf("%s could not be fetched; this machine's %s is used", m.title(), strings.TrimSpace(m.name+" "+have)),
		Detail:  err.Error(), Hint: "run npm install -g '" + m.spec() + "'",
	})
	return nil
}

// fits reports whether a version is the one that the app names, or one that
// reads its lock file.
func (m manager) fits(version string) bool {
	switch {
	case version == "":
		return false
	case m.version != "":
		return version == m.version
	}
	return m.wanted == "" || satisfies(version, m.wanted)
}

// useBundled makes the yarn of the repository the one that is found.
func (j *job) useBundled() bool {
	dir := filepath.Join(j.request.TmpDir, "bin")
	program := filepath.Join(j.app.top(j.request.App), j.app.manager.bundled)
	script := "#!/bin/sh\nexec node '" + strings.ReplaceAll(program, "'", `'\''`) + "' \"$@\"\n"
	if os.MkdirAll(dir, 0o755) != nil || os.WriteFile(filepath.Join(dir, "yarn"), []byte(script), 0o755) != nil {
		return false
	}
	j.bin = dir
	return true
}

// installedVersion returns the version of a manager on this machine, "" when
// it is not known. corepack's stand-ins do not count: they would fetch
// something at their first use.
func installedVersion(ctx context.Context, name string) (version string, ok bool) {
	program, err := exec.LookPath(name)
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(program); err == nil {
		if filepath.Base(filepath.Dir(filepath.Dir(real))) == "corepack" {
			return "", false
		}
		if version := versionBeside(filepath.Dir(real), name, os.ReadFile); version != "" {
			return version, true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--version")
	cmd.Dir = os.TempDir() // the app's folder may make it another one
	out, err := cmd.Output()
	if err != nil {
		return "", true
	}
	return exactVersion.FindString(strings.TrimSpace(string(out))), true
}

var unsafeInName = lazyregexp.New(`[^\w.-]+`)

// fetchManager returns the folder of the manager's programs in the cache.
func (j *job) fetchManager(ctx context.Context, m manager) (bin string, err error) {
	all := filepath.Join(j.request.SharedCacheDir, "managers")
	dir := filepath.Join(all, m.name+"-"+unsafeInName.ReplaceAllString(orElse(m.version, m.fetch, m.wanted, "latest"), "_"))
	bin = filepath.Join(dir, "node_modules", ".bin")
	if _, err := os.Stat(filepath.Join(bin, m.name)); err == nil {
		return bin, nil
	}
	if err := os.MkdirAll(all, 0o700); err != nil {
		return "", err
	}
	partial, err := os.MkdirTemp(all, "partial-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(partial)
	// The file keeps npm from taking a folder above for the package.
	if err := os.WriteFile(filepath.Join(partial, "package.json"), []byte("{}\n"), 0o600); err != nil {
		return "", err
	}
	step := j.b.Step("tools", "npm install "+m.spec()+" (not on this machine)")
	err = j.b.Run(ctx, partial, []string{
		"npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefer-offline",
		"--ignore-scripts=false", "--include=optional", "--loglevel=error", m.spec(),
	}, j.env()...)
	if err == nil {
		_, err = os.Stat(filepath.Join(partial, "node_modules", ".bin", m.name))
	}
	if err == nil {
		// Another slot may have been faster: its copy is as good.
		if renamed := os.Rename(partial, dir); renamed != nil {
			_, err = os.Stat(filepath.Join(bin, m.name))
		}
	}
	return bin, step.End(err)
}

// explainFetch says why there is no manager, and how to get one by hand.
func explainFetch(m manager, err error) error {
	d := slot.Diagnostic{
		Code:    "node.pm_missing",
		Summary: fmt.Sprintf("the app needs %s, which is not on this machine and could not be fetched", m.title()),
		Hint:    "run npm install -g '" + m.spec() + "', or corepack enable",
	}
	var failed *hooks.CommandError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		d.Summary = fmt.Sprintf("the app needs %s, and there is no npm on this machine to fetch it with", m.title())
		d.Hint = "install npm (apt-get install npm), or " + m.name
	case errors.As(err, &failed):
		if causes := hooks.Explain(rules(), failed.Output); len(causes) > 0 {
			d.Summary, d.Detail = d.Summary+": "+causes[0].Summary, causes[0].Detail
			if causes[0].Code == codeNoPackage {
				d.Hint = "name a version that exists in packageManager of package.json"
			}
		}
	}
	return hooks.Fail(d)
}

// carry copies a fetched manager into the release when a command of the app
// needs it while it runs: the cache may be emptied, releases stay.
func (j *job) carry(plan *slot.LaunchPlan) error {
	processes, err := hooks.Procfile(j.files)
	if err != nil || !j.fetched {
		return err
	}
	commands := []string{j.request.App.Overrides.Start}
	for _, p := range slices.Concat(plan.Processes, processes) {
		commands = append(commands, p.Command())
	}
	uses := regexp.MustCompile(`(?:^|[\s;&|(])` + j.app.manager.name + `x?(?:\s|$)`)
	if !uses.MatchString(strings.Join(commands, "\n")) {
		return nil
	}
	dir := filepath.Join(j.request.App.AppDir, carried)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	from := filepath.Dir(filepath.Dir(j.bin))
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return fmt.Errorf("cannot copy %s into the release: %w", j.app.manager.name, err)
	}
	plan.PathPrepend = append(plan.PathPrepend, carried+"/node_modules/.bin")
	return nil
}

// carried is the folder of a release that has the package manager it runs by.
const carried = ".slot-manager"

// missing explains that a program is not on the machine.
func missing(program string) error {
	d := slot.Diagnostic{
		Code: "node.pm_missing", Summary: fmt.Sprintf("the app needs %s, which is not installed on this machine", program),
		Hint: "run corepack enable, or npm install -g " + program,
	}
	if program == "node" || program == "npm" {
		d.Hint = "install Node.js 20 or newer with npm: apt-get install nodejs npm"
	}
	return hooks.Fail(d)
}
