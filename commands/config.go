package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func newConfig(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "slots.json: look, change, edit, check, go back, move",
		Long: `The configuration is slots.json in the state folder. It may be edited by hand:
a file with a mistake is refused with its line, and the last good one stays in
force. docs/configuration.md lists every field.`,
	}
	cmd.AddCommand(newConfigShow(w), newConfigGet(w), newConfigSet(w), newConfigEdit(w), newConfigValidate(w),
		newConfigBackups(w), newConfigRestore(w), newConfigExport(w), newConfigImport(w))
	return cmd
}

func newConfigGet(w *World) *cobra.Command {
	reveal, asJSON := false, false
	cmd := &cobra.Command{
		Use: "get [PATH]", Short: "Print the configuration, a slot's, or one value",
		Example: "  slot config get\n  slot config get a\n  slot config get a.branch",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: w.completeSettings,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			cfg, err := c.Config(cmd.Context())
			if err != nil {
				return err
			}
			if !reveal {
				hideAddresses(cfg)
			}
			if len(args) == 0 {
				return printJSON(w.Out, cfg)
			}
			v, err := cfg.Get(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, v)
			}
			switch v := v.(type) {
			case nil:
				fmt.Fprintf(w.Err, "%s is not set\n", args[0])
				return nil
			case string:
				_, err = fmt.Fprintln(w.Out, v)
				return err
			}
			return printJSON(w.Out, v)
		},
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show the address of monitoring.notify_url whole")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print texts as JSON too; null is a value that is not set")
	return cmd
}

// hideAddresses hides what lets anybody who knows it write to the user's chat.
func hideAddresses(cfg slot.Config) {
	for n, s := range cfg.Slots {
		s.Monitoring.NotifyURL = slot.HideAddress(s.Monitoring.NotifyURL)
		cfg.Slots[n] = s
	}
}

type configSetOptions struct{ json bool }

func newConfigSet(w *World) *cobra.Command {
	o := configSetOptions{}
	cmd := &cobra.Command{
		Use: "set PATH=VALUE...", Short: "Change values; all of them or none",
		Long: `Changes values in slots.json. An empty value removes one. What a running app was
built and started with changes at its next deployment or restart; a port
changes when slot is started again.`,
		Example: "  slot config set a.branch=dev a.health_check.path=/healthz\n  slot config set a.root=",
		Args:    cobra.MinimumNArgs(1), ValidArgsFunction: w.completeAssignments,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the paths that were set as JSON")
	return cmd
}

func (o *configSetOptions) run(ctx context.Context, w *World, args []string) error {
	set := map[string]string{}
	for _, a := range args {
		path, v, ok := strings.Cut(a, "=")
		if !ok {
			return slot.E(slot.KindUsage, "slot config set a.branch=dev", fmt.Errorf("%q has no =", a))
		}
		set[path] = v
		if err := w.ownedByCoder(path); err != nil {
			return err
		}
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	if _, err := c.ChangeConfig(ctx, api.ConfigChange{Set: set}); err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, map[string][]string{"changed": slices.Sorted(maps.Keys(set))})
	}
	fmt.Fprintln(w.Err, inEffect("saved"))
	return nil
}
