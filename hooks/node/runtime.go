package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// runtime is the Node.js of the machine.
type runtime struct {
	version string // "20.20.2"
	abi     string // of native modules
	program string // the path of node itself
	headers string // folder in which include/node is that of this version; "" without
}

// findRuntime asks node, or remembers what it said: to start it for that takes a
// third of a redeployment.
func findRuntime(ctx context.Context, cacheDir string) (runtime, error) {
	program, err := identify("node")
	if err != nil {
		return askRuntime(ctx) // it says what is missing
	}
	file := filepath.Join(cacheDir, "runtime-1.json")
	var last known
	if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, &last) == nil && last.Program == program {
		return last.runtime(), nil
	}
	r, err := askRuntime(ctx)
	if err == nil && r.program == program.Path {
		remember(file, known{program, r.version, r.abi})
	}
	return r, err
}

// askRuntime asks node itself: its path may be that of a version manager.
func askRuntime(ctx context.Context) (runtime, error) {
	cmd := exec.CommandContext(ctx, "node", "-p", `JSON.stringify([process.versions.node, process.versions.modules, process.execPath])`)
	cmd.Env = append(os.Environ(), "NODE_OPTIONS=") // the app's could load files that are not there yet
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return runtime{}, missing("node")
	}
	var answer [3]string
	if err == nil {
		err = json.Unmarshal(bytes.TrimSpace(out), &answer)
	}
	if err != nil {
		return runtime{}, fmt.Errorf("cannot ask node for its version: %w", err)
	}
	return newRuntime(answer[0], answer[1], answer[2]), nil
}

func newRuntime(version, abi, program string) runtime {
	r := runtime{version: version, abi: abi, program: program}
	if prefix := filepath.Dir(filepath.Dir(program)); headersOf(prefix) == version {
		r.headers = prefix
	}
	return r
}

var headerVersion = lazyregexp.New(`(?m)^#define NODE_(?:MAJOR|MINOR|PATCH)_VERSION (\d+)`)

// headersOf returns the version of the headers that came with node, which
// spares the compiler of native modules to fetch them.
func headersOf(prefix string) string {
	text, err := os.ReadFile(filepath.Join(prefix, "include", "node", "node_version.h"))
	if err != nil {
		return ""
	}
	var parts []string
	for _, m := range headerVersion.FindAllSubmatch(text, -1) {
		parts = append(parts, string(m[1]))
	}
	return strings.Join(parts, ".")
}

// managerVersion reads the package manager's version beside its program: to
// start it for that takes as long as a whole deployment should.
func (j *job) managerVersion() string {
	m := j.app.manager
	if m.bundled != "" || j.fetched {
		return orElse(m.bundled, m.version, m.wanted)
	}
	program, err := exec.LookPath(m.name)
	if err == nil {
		program, err = filepath.EvalSymlinks(program) // …/npm/bin/npm-cli.js
	}
	if err != nil {
		return ""
	}
	return versionBeside(filepath.Dir(program), m.name, os.ReadFile)
}
