package coderlab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// module is a Go module of this folder and what is built of it.
type module struct {
	dir      string
	programs []program
}

type program struct {
	pkg string
	// provider is its address in Terraform's registry; empty: the program is
	// named name and stands beside the mirror.
	provider, name string
	// version that Terraform sees; empty: that of the package's module.
	version string
	ldflags string
}

var modules = []module{
	{"server", []program{
		// Without a leading v in the tag: with one the server refuses its own agent.
		{pkg: "github.com/coder/coder/v2/cmd/coder", name: "coder", ldflags: "-X github.com/coder/coder/v2/buildinfo.tag=$VERSION"},
		{pkg: "github.com/coder/terraform-provider-coder/v2", provider: "coder/coder"},
	}},
	// The module has no version that Go accepts; its commit is the one after 4.6.0.
	{"docker", []program{{pkg: "github.com/terraform-providers/terraform-provider-docker", provider: "kreuzwerker/docker", version: "4.6.0"}}},
	// The newest that Go accepts: later ones are v2 and v3 in name only.
	{"kubernetes", []program{{pkg: "github.com/hashicorp/terraform-provider-kubernetes", provider: "hashicorp/kubernetes"}}},
}

// terraformModule is built only where PATH has no Terraform that Coder takes.
// As a development version it would fail every required_version.
var terraformModule = module{"terraform", []program{
	{pkg: "github.com/hashicorp/terraform", name: "terraform", ldflags: "-X github.com/hashicorp/terraform/version.dev=no"},
}}

// BuildPrograms builds what is missing and returns the programs. Its first run takes
// some ten minutes of two cores; log gets a line for each program.
func BuildPrograms(ctx context.Context, log io.Writer) (Programs, error) {
	dir, err := cacheDir()
	if err != nil {
		return Programs{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Programs{}, err
	}
	for _, m := range modules {
		if err := m.build(ctx, dir, log); err != nil {
			return Programs{}, err
		}
	}
	if _, err := findTerraform(dir); err != nil {
		if err := terraformModule.build(ctx, dir, log); err != nil {
			return Programs{}, err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "complete"), nil, 0o644); err != nil {
		return Programs{}, err
	}
	return FindPrograms()
}

func (m module) build(ctx context.Context, dir string, log io.Writer) error {
	for _, p := range m.programs {
		start := time.Now()
		version, err := m.version(ctx, p)
		if err != nil {
			return err
		}
		out := p.path(dir, version)
		if _, err := os.Stat(out); err == nil {
			continue
		}
		fmt.Fprintf(log, "coderlab: building %s %s\n", p.pkg, version)
		flags := "-s -w " + strings.ReplaceAll(p.ldflags, "$VERSION", version)
		// Under another name first: what is there is whole.
		if _, err := m.goTool(ctx, "build", "-trimpath", "-ldflags", flags, "-o", out+".partial", p.pkg); err != nil {
			return err
		}
		if err := os.Rename(out+".partial", out); err != nil {
			return err
		}
		fmt.Fprintf(log, "coderlab: %s built in %.0f s\n", filepath.Base(out), time.Since(start).Seconds())
	}
	return nil
}

// version asks Go rather than repeat what go.mod says.
func (m module) version(ctx context.Context, p program) (string, error) {
	if p.version != "" {
		return p.version, nil
	}
	out, err := m.goTool(ctx, "list", "-f", "{{.Module.Version}}", p.pkg)
	return strings.TrimPrefix(strings.TrimSpace(out), "v"), err
}

func (p program) path(dir, version string) string {
	if p.provider == "" {
		return filepath.Join(dir, p.name)
	}
	_, name, _ := strings.Cut(p.provider, "/")
	return filepath.Join(dir, "mirror", "registry.terraform.io", p.provider, version,
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-"+name+"_v"+version)
}

func (m module) goTool(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join(sourceDir(), m.dir)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("cannot run go %s in %s: %w\n%s", args[0], m.dir, err, lastLines(errs.String(), 20))
	}
	return string(out), nil
}
