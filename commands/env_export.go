package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/envfile"
	"github.com/slot-paas/slot/slot"
)

type envExportOptions struct {
	format string
	reveal bool
	json   bool
}

func newEnvExport(w *World) *cobra.Command {
	o := envExportOptions{}
	cmd := &cobra.Command{
		Use: "export SLOT [FILE]", Short: "Write the variables as a dotenv file, for a shell, or as JSON",
		Long: `Writes every variable with its exact value, secrets too, to a new file or to
standard output; "slot env import" reads it back byte for byte. A dotenv file and
lines for a shell may be read by a shell as they are. On a terminal, secrets are
written with --reveal only.`,
		Example: "  slot env export a .env\n  eval \"$(slot env export a --format shell)\"\n  slot env export a | slot env import b -",
		Args:    cobra.RangeArgs(1, 2), ValidArgsFunction: slotThenFile,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().StringVar(&o.format, "format", string(envfile.Dotenv), "dotenv, shell or json")
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "write secrets to a terminal too")
	cmd.Flags().BoolVar(&o.json, "json", false, "as --format json: write JSON")
	cmd.MarkFlagsMutuallyExclusive("format", "json")
	completeFormat(cmd)
	return cmd
}

func (o *envExportOptions) run(ctx context.Context, w *World, args []string) error {
	n, err := slot.ParseName(args[0])
	if err != nil {
		return err
	}
	if o.json {
		o.format = string(envfile.JSON)
	}
	format, err := envfile.ParseFormat(o.format)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	env, err := c.Env(ctx, n)
	if err != nil {
		return err
	}
	write := func(out io.Writer) error {
		_, err := out.Write(envfile.Write(env, format))
		return err
	}
	if len(args) == 2 {
		return writeNew(args[1], write)
	}
	secrets := slices.DeleteFunc(slices.Sorted(maps.Keys(env)), func(name string) bool { return !slot.SecretVariable(name, env[name]) })
	if len(secrets) > 0 && !o.reveal && isTerminal(w.Out) {
		return slot.E(slot.KindUsage, fmt.Sprintf("slot env export %s FILE, or --reveal", n),
			errors.New("the values of "+listed(secrets)+" would stand on your screen"))
	}
	return write(w.Out)
}

// listed names a few and counts the rest.
func listed(names []string) string {
	const most = 5
	text, more := "", ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
	}
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text + more
}

// slotThenFile completes the slot, then files.
func slotThenFile(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return slotNames(cmd, args, part)
}

func completeFormat(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(envfile.Formats()), cobra.ShellCompDirectiveNoFileComp
	}) // every caller declares the flag
}
