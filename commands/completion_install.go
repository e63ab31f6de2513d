package commands

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type completionInstallOptions struct {
	shell string
	json  bool
}

func newCompletionInstall(w *World) *cobra.Command {
	o := completionInstallOptions{}
	cmd := &cobra.Command{
		Use: "install", Short: "Put the completion script where your shell looks for it",
		Long: `Writes the completion script of the shell that you are in to the place where that
shell looks for it, and says what is left to do. Files such as ~/.bashrc are
yours and are not touched. Once more brings the script up to date.`,
		Example: "  slot completion install\n  slot completion install --shell zsh",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(w, cmd.Root()) },
	}
	cmd.Flags().StringVar(&o.shell, "shell", "", "bash, zsh, fish or powershell (default: the one that you are in)")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what was done as JSON")
	_ = cmd.RegisterFlagCompletionFunc("shell", cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp)) // declared above
	return cmd
}

// installed is what "slot completion install --json" prints.
type installedCompletion struct {
	Shell   string `json:"shell"`
	File    string `json:"file"`
	Changed bool   `json:"changed"`
	Then    string `json:"then,omitempty"` // what is left to do; nothing where the shell finds the file by itself
}

func (o *completionInstallOptions) run(w *World, root *cobra.Command) error {
	shell, err := o.chosen(w)
	if err != nil {
		return err
	}
	var script bytes.Buffer
	if err := writeCompletion(&script, root, shell); err != nil {
		return err
	}
	done := installedCompletion{Shell: shell}
	if done.File, done.Then, err = w.completionPlace(shell); err != nil {
		return err
	}
	if done.Changed, err = putScript(done.File, script.Bytes()); err != nil {
		return fmt.Errorf("cannot install the completion: %w", err)
	}
	if o.json {
		return printJSON(w.Out, done)
	}
	fmt.Fprintln(w.Out, done.File)
	said := "written for " + shell
	if !done.Changed {
		said = "is there already, for " + shell
	}
	if done.Then == "" {
		done.Then = "a new " + shell + " completes slot"
	}
	fmt.Fprintf(w.Err, "  %s; %s\n", said, done.Then)
	return nil
}

// chosen is the shell that was named, or runs this program, or is the user's.
func (o *completionInstallOptions) chosen(w *World) (string, error) {
	name := o.shell
	for _, found := range []string{parentName(), filepath.Base(w.Getenv("SHELL"))} {
		if name == "" && shellNamed(found) != "" {
			name = found
		}
	}
	if shell := shellNamed(name); shell != "" {
		return shell, nil
	}
	if name == "" {
		return "", slot.E(slot.KindUsage, "slot completion install --shell bash", errors.New("which shell? none is known here"))
	}
	return "", slot.E(slot.KindUsage, "bash, zsh, fish or powershell", fmt.Errorf("no completion for %q", name))
}

// shellNamed is the shell of a program's name, "" for others.
func shellNamed(program string) string {
	program = strings.TrimPrefix(program, "-") // a login shell
	if program == "pwsh" {
		return "powershell"
	}
	for _, s := range shells {
		if s == program {
			return s
		}
	}
	return ""
}

// parentName is the name of the program that runs this one, "" where the
// kernel does not tell.
func parentName() string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", os.Getppid()))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// putScript writes a file for everybody to read, and reports whether it was
// another before.
func putScript(path string, text []byte) (bool, error) {
	if now, err := os.ReadFile(path); err == nil && bytes.Equal(now, text) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".slot-*")
	if err != nil {
		return false, err
	}
	defer os.Remove(tmp.Name()) // gone where it was renamed
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return false, err
	}
	return true, os.Rename(tmp.Name(), path)
}
