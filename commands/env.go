package commands

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func newEnv(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "env",
		Short: "A slot's variables: list, set, unset, export, import",
		Long: `The variables that a slot's app gets. Values are literal bytes: nothing is
expanded or unquoted. A change makes a new release of what is live, checked and
switched to like any other, so "slot rollback" takes it back.`,
	}
	cmd.AddCommand(newEnvList(w), newEnvSet(w), newEnvUnset(w), newEnvExport(w), newEnvImport(w))
	return cmd
}

type envListOptions struct {
	listing
	reveal bool
}

func newEnvList(w *World) *cobra.Command {
	o := envListOptions{}
	cmd := &cobra.Command{
		Use: "list SLOT", Short: "Show the variables; likely secrets are hidden",
		Example: "  slot env list a\n  slot env list a --reveal",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	o.flags(cmd, "print the variables as one JSON object")
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "show the values of secrets too")
	return cmd
}

func (o *envListOptions) run(ctx context.Context, w *World, arg string) error {
	n, err := slot.ParseName(arg)
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
	if !o.reveal {
		hideSecrets(env)
	}
	if o.json {
		return printJSON(w.Out, env)
	}
	if len(env) == 0 {
		fmt.Fprintf(w.Err, "slot %s has no variables of its own; try: slot env set %s NAME=value\n", n, n)
		return nil
	}
	header, rows := envTable(env)
	return printTable(w.Out, header, rows)
}

func hideSecrets(env map[string]string) {
	for name, value := range env {
		if slot.SecretVariable(name, value) {
			env[name] = stars
		}
	}
}

// envTable quotes what would break a row or reach the terminal as a command.
func envTable(env map[string]string) (header []string, rows [][]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		v := env[name]
		if strings.ContainsFunc(v, unicode.IsControl) {
			v = strconv.Quote(v)
		}
		rows = append(rows, []string{name, v})
	}
	return []string{"NAME", "VALUE"}, rows
}

type envSetOptions struct{ act actOptions }

func newEnvSet(w *World) *cobra.Command {
	o := envSetOptions{}
	cmd := &cobra.Command{
		Use: "set SLOT NAME=VALUE...", Short: "Set variables",
		Long: `Sets variables to literal values. NAME=@FILE takes a file's bytes as they are
(NAME=@@x sets the text "@x"); NAME=- reads standard input.`,
		Example: "  slot env set a GREETING='hello $USER' DEBUG=1\n  slot env set a TLS_KEY=@key.pem\n  pass api-key | slot env set a API_KEY=-",
		Args:    cobra.MinimumNArgs(2), ValidArgsFunction: w.completeValues,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	o.act.flags(cmd)
	return cmd
}

func (o *envSetOptions) run(ctx context.Context, w *World, args []string) error {
	set := map[string]string{}
	for _, a := range args[1:] {
		name, v, ok := strings.Cut(a, "=")
		if !ok {
			return slot.E(slot.KindUsage, "slot env set a "+a+"=value", fmt.Errorf("%q has no =", a))
		}
		v, err := w.value(name, v)
		if err != nil {
			return err
		}
		set[name] = v
	}
	return changeEnv(ctx, w, args[0], api.EnvChange{Set: set}, o.act)
}

// value reads what stands behind a = on the command line.
func (w *World) value(name, v string) (string, error) {
	file, isFile := strings.CutPrefix(v, "@")
	switch {
	case v == "-":
		b, err := io.ReadAll(io.LimitReader(w.In, slot.MaxVariable+1))
		return string(b), err
	case !isFile:
		return v, nil
	case strings.HasPrefix(file, "@"):
		return file, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", slot.E(slot.KindUsage, "NAME=@@text sets a text that begins with @", fmt.Errorf("cannot read the value of %s: %w", name, err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, slot.MaxVariable+1))
	return string(b), err
}

type envUnsetOptions struct{ act actOptions }

func newEnvUnset(w *World) *cobra.Command {
	o := envUnsetOptions{}
	cmd := &cobra.Command{
		Use: "unset SLOT NAME...", Short: "Remove variables",
		Example: "  slot env unset a DEBUG",
		Args:    cobra.MinimumNArgs(2), ValidArgsFunction: w.completeVariables,
		RunE: func(cmd *cobra.Command, args []string) error {
			return changeEnv(cmd.Context(), w, args[0], api.EnvChange{Unset: args[1:]}, o.act)
		},
	}
	o.act.flags(cmd)
	return cmd
}

// changeEnv sends the change and shows the deployment that it made.
func changeEnv(ctx context.Context, w *World, arg string, ch api.EnvChange, act actOptions) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	if err := slot.ValidateEnvironment(ch.Set); err != nil {
		return err
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	out, err := c.ChangeEnv(context.WithoutCancel(ctx), n, ch) // what it begins is canceled below
	if err != nil {
		return err
	}
	tellNames(w, out)
	switch {
	case out.Deployment != nil:
		return act.wait(ctx, w, c, []slot.Deployment{*out.Deployment})
	case act.json:
		return printJSON(w.Out, out)
	case len(out.Changed) == 0:
		fmt.Fprintln(w.Err, "nothing changed")
	default:
		fmt.Fprintf(w.Err, "it takes effect when slot %s starts\n", n)
	}
	return nil
}
