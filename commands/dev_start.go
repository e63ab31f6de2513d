package commands

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// devStart is what shows a folder while somebody works on it: a command, or
// the folder itself.
type devStart struct {
	argv []string
	site *slot.StaticSite
}

// devStart finds out how a folder is worked on. A development server that is
// known to ignore PORT is given it.
func (w *World) devStart(ctx context.Context, dir string, port int) (devStart, error) {
	if argv := devScript(dir, port); argv != nil {
		return devStart{argv: argv}, nil
	}
	if line := procfileDev(dir); line != "" {
		return devStart{argv: []string{"/bin/sh", "-c", line}}, nil
	}
	h, err := w.hooks()
	if err != nil {
		return devStart{}, err
	}
	defer h.Close()
	answers, err := h.Detect(ctx, host.App{SourceDir: dir, AppDir: dir}, "")
	if err != nil {
		return devStart{}, slot.E(slot.KindUsage, "slot dev a -- COMMAND says how", err)
	}
	plan := answers[0].Preview
	switch web := plan.Web(); {
	case web == nil && plan.Static != nil:
		return devStart{site: plan.Static}, nil
	case web == nil:
		return devStart{}, slot.E(slot.KindUsage, "slot dev a -- COMMAND says how", errors.New("nothing in this folder can be started"))
	case len(web.Argv) > 0:
		return devStart{argv: web.Argv}, nil
	default:
		return devStart{argv: []string{"/bin/sh", "-c", web.Shell}}, nil
	}
}

// takesPort matches the scripts of tools that take a port as an option and
// ignore the variable.
var takesPort = lazyregexp.New(`^(?:vite|astro|ng|gatsby|vue-cli-service)\b[^&|;]*$`)

// devScript is the "dev" script of a package.json, by the package manager of
// the folder; nil without one.
func devScript(dir string, port int) []string {
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return nil
	}
	var manifest struct {
		Scripts map[string]string `json:"scripts"`
	}
	script := ""
	if json.Unmarshal(data, &manifest) == nil {
		script = manifest.Scripts["dev"]
	}
	if script == "" {
		return nil
	}
	manager := "npm"
	for _, m := range []struct{ file, manager string }{
		{"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"},
	} {
		if _, err := os.Stat(filepath.Join(dir, m.file)); err == nil {
			manager = m.manager
		}
	}
	argv := []string{manager, "run", "dev"}
	if takesPort.MatchString(script) && !strings.Contains(script, "--port") {
		if manager == "npm" {
			argv = append(argv, "--")
		}
		argv = append(argv, "--port", strconv.Itoa(port))
		if !strings.Contains(script, "--host") {
			argv = append(argv, "--host", "127.0.0.1")
		}
	}
	return argv
}

// procfileDev is the web line of a Procfile.dev, which Rails made known.
func procfileDev(dir string) string {
	f, err := os.Open(filepath.Join(dir, "Procfile.dev"))
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if command, ok := strings.CutPrefix(lines.Text(), "web:"); ok {
			return strings.TrimSpace(command)
		}
	}
	return ""
}

// toolFolders are where the working tree's own programs are, for the search
// path of its command.
func toolFolders(dir string) []string {
	var found []string
	for _, sub := range []string{"node_modules/.bin", ".venv/bin", "venv/bin", "vendor/bin"} {
		if info, err := os.Stat(filepath.Join(dir, sub)); err == nil && info.IsDir() {
			found = append(found, filepath.Join(dir, sub))
		}
	}
	return found
}

// notFound explains a command that is not there.
func notFound(name string, err error) error {
	return slot.E(slot.KindUsage, "install the folder's dependencies first, or name another command after --",
		fmt.Errorf("cannot run %q: %w", name, err))
}
