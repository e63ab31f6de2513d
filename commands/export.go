package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/export"
)

type exportOptions struct {
	format, output               string
	database, secrets, overwrite bool
	json                         bool
}

func newExport(w *World) *cobra.Command {
	o := exportOptions{}
	cmd := &cobra.Command{
		Use: "export SLOT", Short: "Write what runs an app elsewhere: Dockerfile, compose, Kubernetes, Procfile",
		Long: `Writes how a slot's live release is built and run, as files that need no slot:
for the day that an app outgrows its workspace. The main file goes to standard
output; with --output all of them go into a folder, with the variables in a file
that only you may read and an EXPORT.md that says what to do next. Values that
look secret are left empty, unless --with-secrets is given; none stands in the
image. What lies in the folder already is replaced with --force only.`,
		Example: "  slot export a\n  slot export a --output . --with-secrets\n  slot export a --format procfile",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", string(export.Dockerfile), listed(words(export.Formats())))
	f.StringVarP(&o.output, "output", "o", "", "folder to write all files into")
	f.BoolVar(&o.database, "with-database", false, "with a dump of the slot's database, made now")
	f.BoolVar(&o.secrets, "with-secrets", false, "write the values of secrets too")
	f.BoolVar(&o.overwrite, "force", false, "replace files that are there")
	f.BoolVar(&o.json, "json", false, "print what was written as JSON")
	_ = cmd.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(export.Formats()), cobra.ShellCompDirectiveNoFileComp
	}) // the flag stands above
	_ = cmd.MarkFlagDirname("output")
	return cmd
}

// exportedFiles is what --json prints. Without --output the one file has its
// text.
type exportedFiles struct {
	Slot    slot.Name     `json:"slot"`
	Release int           `json:"release"`
	Format  export.Format `json:"format"`
	Folder  string        `json:"folder,omitempty"`
	Files   []export.File `json:"files"`
	LeftOut []string      `json:"left_out"`
}

func (o *exportOptions) run(ctx context.Context, w *World, arg string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	format, err := export.ParseFormat(o.format)
	if err != nil {
		return err
	}
	if o.database && o.output == "" {
		return slot.E(slot.KindUsage, "--output FOLDER", errors.New("a dump of the database does not go to standard output"))
	}
	if format == export.Compose && o.output == "" {
		return slot.E(slot.KindUsage, "--output FOLDER", errors.New("a compose project is several files: they do not go to standard output"))
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	app, err := o.gather(ctx, w, c, n)
	if err != nil {
		return err
	}
	out := exportedFiles{Slot: n, Release: app.Release.ID, Format: format, Folder: o.output, LeftOut: app.LeftOut}
	if o.output == "" {
		return o.print(w, app, out)
	}
	if out.Files, err = app.All(format); err != nil {
		return err
	}
	if err := o.write(ctx, w, c, app, out.Files); err != nil {
		return err
	}
	if app.Database != nil && app.Database.Dump {
		out.Files = append(out.Files, export.File{Name: export.DumpName, Secret: true})
	}
	if o.json {
		for i := range out.Files {
			out.Files[i].Text = ""
		}
		return printJSON(w.Out, out)
	}
	for _, f := range out.Files {
		fmt.Fprintln(w.Out, joined(o.output, f.Name))
	}
	o.tell(w, app.LeftOut)
	fmt.Fprintf(w.Err, "what to do next stands in %s\n", joined(o.output, export.ReadmeName))
	return nil
}

// print writes the one file that stands by itself.
func (o *exportOptions) print(w *World, app *export.App, out exportedFiles) error {
	f, err := app.Main(out.Format)
	if err != nil {
		return err
	}
	out.Files = []export.File{f}
	if o.json {
		return printJSON(w.Out, out)
	}
	if _, err := io.WriteString(w.Out, f.Text); err != nil {
		return err
	}
	if f.Secret { // it has the variables
		o.tell(w, app.LeftOut)
	}
	return nil
}

func (o *exportOptions) tell(w *World, left []string) {
	if len(left) > 0 {
		fmt.Fprintf(w.Err, "left out, as they look secret: %s\n  --with-secrets writes them too\n", listed(slices.Clone(left)))
	}
}
