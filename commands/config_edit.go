package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/store"
)

func newConfigEdit(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "edit", Short: "Change slots.json in your editor",
		Long: `Opens a copy of slots.json in $VISUAL or $EDITOR and puts it in force when you
leave the editor: checked first, the version before backed up. With a mistake in
it you are asked to edit again; otherwise the copy is kept, and its place is
told. A file that is broken already can be mended this way.`,
		Example: "  slot config edit\n  EDITOR='code --wait' slot config edit",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return editConfig(cmd.Context(), w, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what changed as JSON")
	return cmd
}

func editConfig(ctx context.Context, w *World, asJSON bool) error {
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	present, err := c.ConfigFile(ctx)
	if err != nil {
		return err
	}
	draft, err := newDraft(present.Text)
	if err != nil {
		return err
	}
	// Ctrl+C in an editor is the editor's; it reaches slot as well.
	ctx = context.WithoutCancel(ctx)
	for {
		if err := w.edit(draft); err != nil {
			return keepDraft(draft, present.Text, err)
		}
		text, err := os.ReadFile(draft)
		if err != nil {
			return fmt.Errorf("cannot read the draft: %w", err)
		}
		if string(text) == present.Text {
			fmt.Fprintln(w.Err, "nothing changed")
			return errors.Join(os.Remove(draft), printChanged(w, asJSON, nil))
		}
		if _, err = store.ReadConfig(draft); err == nil {
			return putDraft(ctx, w, c, present, draft, string(text), asJSON)
		}
		again, asked := w.again(err)
		if asked != nil || !again {
			return keepDraft(draft, present.Text, err)
		}
	}
}

// newDraft writes the copy that is edited, for nobody else to read.
func newDraft(text string) (string, error) {
	f, err := os.CreateTemp("", "slots-*.json")
	if err != nil {
		return "", fmt.Errorf("cannot make a draft: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("cannot write the draft: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// edit runs the person's editor. Its setting is a command of the shell, as git
// takes it: it may have arguments.
func (w *World) edit(file string) error {
	editor := w.Getenv("VISUAL")
	if editor == "" {
		editor = w.Getenv("EDITOR")
	}
	if editor == "" && isTerminal(w.In) && isTerminal(w.Out) {
		for _, program := range []string{"nano", "vi"} {
			if _, err := exec.LookPath(program); err == nil {
				editor = program
				break
			}
		}
	}
	if editor == "" {
		return slot.E(slot.KindUsage, "EDITOR=nano slot config edit, or slot config set a.branch=dev", errors.New("cannot edit slots.json: which editor? neither VISUAL nor EDITOR is set"))
	}
	cmd := exec.Command("sh", "-c", editor+` "$1"`, editor, file)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.In, w.Out, w.Err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the editor %q ended with %w", editor, err)
	}
	return nil
}

// again tells what is wrong with the draft and asks whether to go on with it.
func (w *World) again(wrong error) (bool, error) {
	if !w.interactive() {
		return false, nil
	}
	fmt.Fprintf(w.Err, "slot: %v\n", wrong)
	return w.confirmYes("Edit it again?")
}

// putDraft puts the draft in force and tells what it changed.
func putDraft(ctx context.Context, w *World, c *api.Client, present api.ConfigFile, draft, text string, asJSON bool) error {
	now, err := c.ReplaceConfig(ctx, text, present.Sum)
	if err != nil {
		return keepDraft(draft, present.Text, err)
	}
	changes := hideChanges(slot.Changes(present.Force, now))
	printChanges(w.Err, changes)
	if len(changes) == 0 {
		fmt.Fprintln(w.Err, "saved; no setting changed")
	} else {
		fmt.Fprintln(w.Err, inEffect("saved"))
	}
	return errors.Join(os.Remove(draft), printChanged(w, asJSON, changes))
}

// keepDraft says where the draft is, unless there is nothing in it to keep.
func keepDraft(draft, text string, err error) error {
	if now, read := os.ReadFile(draft); read == nil && string(now) == text {
		return errors.Join(err, os.Remove(draft))
	}
	e := slot.AsError(err)
	return slot.E(e.Kind, "correct it, and then: slot config import "+draft,
		fmt.Errorf("%w\n  nothing is changed; your draft is kept in %s", err, draft))
}

// inEffect says when a change of the configuration is felt.
func inEffect(done string) string {
	return done + "; slot deploy or slot restart puts it into effect"
}

// printChanged prints the changes for programs, if asked.
func printChanged(w *World, asJSON bool, changes []slot.Change) error {
	if !asJSON {
		return nil
	}
	if changes == nil {
		changes = []slot.Change{}
	}
	return printJSON(w.Out, map[string][]slot.Change{"changes": changes})
}
