package commands

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/version"
	"github.com/slot-paas/slot/slot"
)

//go:embed hookproject
var hookProject embed.FS

func newHooksInit(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "init NAME [DIR]", Short: "Write the Go project of a new hook, which works as it is",
		Long: `Writes a Go project with a hook that makes a page of an app's NAME.toml, its tests
and a README with what to do next. DIR, slot-hook-NAME unless named, must not be
there or be empty. docs/write-your-own-hook.md takes it from there.`,
		Example: "  slot hooks init cobol\n  slot hooks init cobol ~/hooks/cobol",
		Args:    cobra.RangeArgs(1, 2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "slot-hook-" + args[0]
			if len(args) == 2 {
				dir = args[1]
			}
			return initHook(w, args[0], dir, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where it is as JSON")
	return cmd
}

func initHook(w *World, name, dir string, asJSON bool) error {
	if !host.ValidName(name) {
		return slot.E(slot.KindUsage, "1 to 32 of a-z, 0-9 and -, such as cobol", fmt.Errorf("%q is not a name for a hook", name))
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return slot.E(slot.KindUsage, "name a new folder", fmt.Errorf("cannot write the hook: %w", err))
	case len(entries) > 0:
		return slot.E(slot.KindUsage, "name a new folder: slot hooks init "+name+" ./folder",
			fmt.Errorf("cannot write the hook into %q: the folder is not empty", dir))
	}
	if err := writeHookProject(name, dir); err != nil {
		return fmt.Errorf("cannot write the hook: %w", err)
	}
	if asJSON {
		return printJSON(w.Out, map[string]string{"name": name, "dir": dir})
	}
	fmt.Fprintln(w.Out, dir)
	fmt.Fprintf(w.Err, "its README.md says how to build, install and trust it\n")
	return nil
}

// writeHookProject writes the templates with their words filled in.
func writeHookProject(name, dir string) error {
	fill := strings.NewReplacer("HOOK_NAME", name, "VERSION_OF_SLOT", "v"+version.Number, "gitignore.tmpl", ".gitignore")
	return fs.WalkDir(hookProject, "hookproject", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel("hookproject", path)
		to := filepath.Join(dir, strings.TrimSuffix(fill.Replace(rel), ".tmpl"))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := hookProject.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, []byte(fill.Replace(string(text))), 0o644)
	})
}
