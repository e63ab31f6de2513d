package rust

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// bin is a program that cargo builds.
type bin struct {
	name    string
	pkg     string // the package it belongs to
	special bool   // built with certain features only
}

// findBins returns the programs of the package in a folder: those that the
// manifest names, src/main.rs, and those below src/bin. Source: the Cargo book,
// "Target auto-discovery".
func findBins(files *hooks.Files, dir string, m *manifest) []bin {
	if m.Package == nil {
		return nil
	}
	pkg := m.Package.Name
	var bins []bin
	add := func(name string, special bool) {
		if name != "" && !slices.ContainsFunc(bins, func(b bin) bool { return b.name == name }) {
			bins = append(bins, bin{name: name, pkg: pkg, special: special})
		}
	}
	var taken []string // by a name of the manifest's own
	for _, b := range m.Bin {
		add(b.Name, len(b.Features) > 0)
		taken = append(taken, path.Clean(b.Path))
	}
	if m.Package.Autobins != nil && !*m.Package.Autobins {
		return bins
	}
	auto := func(name, file string) {
		if files.Exists(path.Join(dir, file)) && !slices.Contains(taken, file) {
			add(name, false)
		}
	}
	auto(pkg, "src/main.rs")
	entries, _ := files.List(path.Join(dir, "src/bin"))
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".rs"); ok && !e.IsDir() {
			auto(name, "src/bin/"+e.Name())
		} else if e.IsDir() {
			auto(e.Name(), "src/bin/"+e.Name()+"/main.rs")
		}
	}
	return bins
}

// choose returns the program to serve with: the one that the user or the
// package names, the only one, or the one named like its package.
func (a *app) choose(named string) (string, *slot.Diagnostic) {
	bins := slices.DeleteFunc(slices.Clone(a.bins), func(b bin) bool { return b.special })
	if len(bins) == 0 {
		bins = a.bins
	}
	has := func(name string) bool {
		return slices.ContainsFunc(a.bins, func(b bin) bool { return b.name == name })
	}
	switch {
	case named != "" && has(named):
		return named, nil
	case named != "":
		return "", &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "rust.no_bin", File: manifestName,
			Summary: fmt.Sprintf("there is no binary %q; there are: %s", named, strings.Join(a.names(), ", ")),
			Hint:    "set the option bin to one of them, or leave it out",
		}
	case len(bins) == 0:
		return "", &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "rust.no_main", File: manifestName,
			Summary: "there is no program to run: no src/main.rs, nothing in src/bin, no [[bin]]",
			Hint:    "set root to the folder of the program, or start to the command that runs the app",
		}
	case len(bins) == 1:
		return bins[0].name, nil
	case len(a.defaults) == 1 && has(a.defaults[0]):
		return a.defaults[0], nil
	}
	same := slices.DeleteFunc(bins, func(b bin) bool { return b.name != b.pkg })
	if len(same) == 1 {
		return same[0].name, nil
	}
	return "", a.several()
}

// several says that nobody knows which of the programs is the one to run.
func (a *app) several() *slot.Diagnostic {
	names := a.names()
	return &slot.Diagnostic{
		Severity: slot.SeverityError, Code: "rust.many_bins", File: manifestName,
		Summary: "there are several programs: " + strings.Join(names, ", "),
		Hint:    fmt.Sprintf("set start to one, such as %s/%s; or name it as default-run in Cargo.toml", binDir, names[0]),
	}
}

func (a *app) names() []string {
	var names []string
	for _, b := range a.bins {
		names = append(names, b.name)
	}
	return names
}
