package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

type configImportOptions struct {
	yes    bool
	dryRun bool
	json   bool
}

func newConfigImport(w *World) *cobra.Command {
	o := configImportOptions{}
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Take over an export, or a slots.json of the system before slot",
		Long: `Replaces the configuration of the slots that stand in the file, "-" for standard
input, and leaves the others as they are: in one write, after showing what would
change and asking. What slot does not have is told, field by field. Secrets that
an export left out keep the values that they have here.`,
		Example: "  slot config import slots-export.json\n  slot config import ~/old/slots.json --dry-run\n  ssh other slot config export | slot config import - --yes",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "only show what would change")
	cmd.Flags().BoolVar(&o.json, "json", false, "print what changed as JSON")
	cmd.MarkFlagsMutuallyExclusive("yes", "dry-run")
	return cmd
}

// imported tells of an import; it is the JSON output.
type imported struct {
	Version int           `json:"version"`           // of the file's schema
	Changes []slot.Change `json:"changes"`           // secrets are hidden
	Notes   []store.Note  `json:"notes,omitempty"`   // on what is left out or read otherwise
	Missing []string      `json:"missing,omitempty"` // secrets that the export left out and that are not set here
	Applied bool          `json:"applied"`
}

func (o *configImportOptions) run(ctx context.Context, w *World, file string) error {
	data, err := w.readInput(file)
	if err != nil {
		return err
	}
	in, err := store.ParseImport(file, data)
	if err != nil {
		return err
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	present, err := c.ConfigFile(ctx)
	if err != nil {
		return err
	}
	next, missing := mergeImport(present.Force, in)
	if err := next.Validate(); err != nil {
		return err
	}
	out := imported{Version: in.Version, Changes: hideChanges(slot.Changes(present.Force, next)), Notes: hideNotes(in.Notes), Missing: missing}
	if !o.json {
		out.print(w.Out)
	}
	if !o.dryRun && (len(out.Changes) > 0 || !current(present.Text)) {
		if err := o.ask(w); err != nil {
			return err
		}
		text, err := store.EncodeConfig(next)
		if err != nil {
			return err
		}
		if _, err := c.ReplaceConfig(ctx, string(text), present.Sum); err != nil {
			return err
		}
		out.Applied = true
	}
	switch {
	case o.json:
		return printJSON(w.Out, out)
	case out.Applied:
		fmt.Fprintln(w.Err, inEffect("imported"))
	case len(out.Changes) == 0:
		fmt.Fprintln(w.Err, "nothing changes")
	default:
		fmt.Fprintln(w.Err, "nothing was changed; without --dry-run it would be")
	}
	return nil
}

// current reports whether a text is good and of the present version: where it
// is not, slots.json is written anew though no setting changes.
func current(text string) bool {
	in, err := store.ParseImport("slots.json", []byte(text))
	return err == nil && in.Version == slot.ConfigVersion
}

// ask gets the person's word.
func (o *configImportOptions) ask(w *World) error {
	if o.yes {
		return nil
	}
	if !w.interactive() {
		return slot.E(slot.KindUsage, "--yes puts it in force, --dry-run only shows it", errors.New("cannot ask whether to import: there is no terminal"))
	}
	yes, err := w.confirm("Put this in force?")
	if err == nil && !yes {
		err = slot.E(slot.KindCanceled, "", errors.New("canceled; nothing is changed"))
	}
	return err
}

// mergeImport puts the slots of the file in the place of those that are in
// force. Secrets that the file leaves out stay; those that are not there are
// returned.
func mergeImport(force slot.Config, in store.Import) (next slot.Config, missing []string) {
	next = slot.NewConfig()
	maps.Copy(next.Slots, force.Slots)
	maps.Copy(next.Slots, in.Config.Slots)
	for _, path := range in.LeftOut {
		part := strings.SplitN(path, ".", 3)
		n := slot.Name(part[0])
		was, is := force.Slots[n], next.Slots[n]
		switch {
		case len(part) == 2 && part[1] == "repository":
			if slot.RedactAddress(was.Repository) == is.Repository {
				is.Repository = was.Repository
			}
		case len(part) == 3 && part[1] == "environment":
			v, ok := was.Environment[part[2]]
			if !ok {
				missing = append(missing, path)
				continue
			}
			env := map[string]string{part[2]: v}
			maps.Copy(env, is.Environment)
			is.Environment = env
		default:
			continue
		}
		next.Slots[n] = is
	}
	return next, missing
}

// hideNotes takes secret values out of what is told.
func hideNotes(notes []store.Note) []store.Note {
	for i, n := range notes {
		if parts := strings.Split(n.Path, "."); slot.SecretVariable(parts[len(parts)-1], fmt.Sprint(n.Value)) {
			notes[i].Value = stars
		}
	}
	return notes
}

func (in *imported) print(out io.Writer) {
	printChanges(out, in.Changes)
	for _, n := range in.Notes {
		what := "note"
		if n.Lost {
			what = "not taken over"
		}
		fmt.Fprintf(out, "%s: %s = %s: %s\n", what, dash(n.Path), valueText(n.Value), dash(n.Reason))
	}
	for _, path := range in.Missing {
		part := strings.SplitN(path, ".", 3)
		fmt.Fprintf(out, "to be set: %s: slot env set %s %s=-\n", dash(path), dash(part[0]), dash(part[2]))
	}
}

// maxInput bounds a file that is imported, in bytes: as much as slots.json may
// have.
const maxInput = 16 << 20

// readInput reads a file, or standard input for "-".
func (w *World) readInput(file string) ([]byte, error) {
	var in io.Reader = w.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, slot.E(slot.KindUsage, "", fmt.Errorf("cannot read %q: %w", file, errors.Unwrap(err)))
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err != nil {
		return nil, slot.E(slot.KindUsage, "", fmt.Errorf("cannot read %q: %w", file, err))
	}
	if len(data) > maxInput {
		return nil, slot.E(slot.KindUsage, "", fmt.Errorf("cannot read %q: it is larger than %d MiB", file, maxInput>>20))
	}
	return data, nil
}
