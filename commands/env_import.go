package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/envfile"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type envImportOptions struct {
	act     actOptions
	format  string
	replace bool
}

func newEnvImport(w *World) *cobra.Command {
	o := envImportOptions{}
	cmd := &cobra.Command{
		Use: "import SLOT FILE", Short: "Set variables from a dotenv file, lines of a shell, or JSON",
		Long: `Reads NAME=value, export NAME='value' or {"NAME": "value"} from a file, "-" for
standard input, and sets them all at once, or none where a line is wrong. Nothing
is expanded: $ in a dotenv file is a dollar, and what a shell would expand is an
error. Other variables stay, unless --replace says otherwise. Like every change
of variables it makes a new release of what is live.`,
		Example: "  slot env import a .env\n  slot env import a prod.json --replace\n  ssh other slot env export a | slot env import a -",
		Args:    cobra.ExactArgs(2), ValidArgsFunction: slotThenFile,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0], args[1]) },
	}
	o.act.flags(cmd)
	cmd.Flags().StringVar(&o.format, "format", "", "dotenv, shell or json; found out by itself")
	cmd.Flags().BoolVar(&o.replace, "replace", false, "remove the variables that are not in the file")
	completeFormat(cmd)
	return cmd
}

func (o *envImportOptions) run(ctx context.Context, w *World, arg, file string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	data, err := w.readInput(file)
	if err != nil {
		return err
	}
	format := envfile.Detect(data)
	if o.format != "" {
		if format, err = envfile.ParseFormat(o.format); err != nil {
			return err
		}
	}
	env, err := envfile.Read(data, format)
	if err != nil {
		return slot.E(slot.KindUsage, slot.AsError(err).Hint, fmt.Errorf("cannot import %q as %s: %w", file, format, err))
	}
	if err := noStars(env); err != nil {
		return err
	}
	if len(env) == 0 && !o.replace {
		return slot.E(slot.KindUsage, "--replace with an empty file removes every variable", fmt.Errorf("there is no variable in %q", file))
	}
	return changeEnv(ctx, w, string(n), api.EnvChange{Set: env, Replace: o.replace}, o.act)
}

// noStars refuses what "slot env list" shows in place of a secret.
func noStars(env map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if env[name] == stars {
			return slot.E(slot.KindUsage, "slot env export writes the values themselves",
				errors.New("the value of "+name+" is "+stars+", which slot shows where a secret is hidden"))
		}
	}
	return nil
}

// tellNames says what a change of variables did, by name.
func tellNames(w *World, out api.EnvChanged) {
	changed := slices.DeleteFunc(slices.Clone(out.Changed), func(name string) bool {
		return slices.Contains(out.Added, name) || slices.Contains(out.Removed, name)
	})
	for _, part := range []struct {
		what  string
		names []string
	}{{"added", out.Added}, {"changed", changed}, {"removed", out.Removed}} {
		if len(part.names) > 0 {
			fmt.Fprintf(w.Err, "%s %s\n", part.what, strings.Join(part.names, ", "))
		}
	}
}
