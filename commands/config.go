package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/store"
)

func newConfig(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "slots.json: get, set, validate, backups, restore",
		Long: `The configuration is slots.json in the state folder. It may be edited by hand:
a file with a mistake is refused with its line, and the last good one stays in
force. docs/configuration.md lists every field.`,
	}
	cmd.AddCommand(newConfigGet(w), newConfigSet(w), newConfigValidate(w), newConfigBackups(w), newConfigRestore(w))
	return cmd
}

func newConfigGet(w *World) *cobra.Command {
	reveal := false
	cmd := &cobra.Command{
		Use: "get [PATH]", Short: "Print the configuration, a slot's, or one value",
		Example: "  slot config get\n  slot config get a\n  slot config get a.branch",
		Args:    cobra.MaximumNArgs(1),
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
	return cmd
}

// hideAddresses hides what lets anybody who knows it write to the user's chat.
func hideAddresses(cfg slot.Config) {
	for n, s := range cfg.Slots {
		s.Monitoring.NotifyURL = slot.HideAddress(s.Monitoring.NotifyURL)
		cfg.Slots[n] = s
	}
}

func newConfigSet(w *World) *cobra.Command {
	return &cobra.Command{
		Use: "set PATH=VALUE...", Short: "Change values; all of them or none",
		Long: `Changes values in slots.json. An empty value removes one. What a running app was
built and started with changes at its next deployment or restart; a port
changes when slot is started again.`,
		Example: "  slot config set a.branch=dev a.health_check.path=/healthz\n  slot config set a.root=",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return setConfig(cmd.Context(), w, args)
		},
	}
}

func setConfig(ctx context.Context, w *World, args []string) error {
	set := map[string]string{}
	for _, a := range args {
		path, v, ok := strings.Cut(a, "=")
		if !ok {
			return slot.E(slot.KindUsage, "slot config set a.branch=dev", fmt.Errorf("%q has no =", a))
		}
		set[path] = v
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	if _, err := c.ChangeConfig(ctx, api.ConfigChange{Set: set}); err != nil {
		return err
	}
	fmt.Fprintln(w.Err, "saved; slot deploy or slot restart puts it into effect")
	return nil
}

func newConfigValidate(w *World) *cobra.Command {
	return &cobra.Command{
		Use: "validate [FILE]", Short: "Check slots.json or another file, changing nothing",
		Example: "  slot config validate\n  slot config validate ./slots.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := w.settings()
			if err != nil {
				return err
			}
			file := store.Layout{Home: s.Home}.Config()
			if len(args) == 1 {
				file = args[0]
			}
			if _, err := store.ReadConfig(file); err != nil {
				var e *slot.Error
				if errors.As(err, &e) {
					return err
				}
				return slot.E(slot.KindUsage, "", err)
			}
			fmt.Fprintf(w.Err, "%s is good\n", file)
			return nil
		},
	}
}
