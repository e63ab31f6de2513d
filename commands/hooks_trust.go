package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

type hooksTrustOptions struct{ yes, json bool }

func newHooksTrust(w *World) *cobra.Command {
	o := hooksTrustOptions{}
	cmd := &cobra.Command{
		Use: "trust NAME", Short: "Let a hook run, as it is now",
		Long: `Writes the checksum of the hook into hooks.lock in the state folder. A hook runs
as you: trust only what you would run yourself. When its file changes it is
refused until you trust it again. In a terminal this asks first.`,
		Example: "  slot hooks trust cobol\n  slot hooks trust cobol --yes",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.otherHookNames,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the hook as JSON")
	return cmd
}

func (o *hooksTrustOptions) run(ctx context.Context, w *World, name string) error {
	h, err := w.hooks()
	if err != nil {
		return err
	}
	defer h.Close()
	info, err := findHook(ctx, h, name)
	if err != nil {
		return err
	}
	switch info.Trust {
	case host.TrustBuiltin:
		return slot.E(slot.KindUsage, "", fmt.Errorf("hook %q is part of slot and needs no trust", name))
	case host.TrustGiven:
		fmt.Fprintf(w.Err, "hook %s is trusted already\n", name)
		return o.print(ctx, w, h, info)
	case host.TrustChanged:
		fmt.Fprintf(w.Err, "hook %s changed since you trusted it\n", name)
	}
	fmt.Fprintf(w.Err, "  name    %s\n  file    %s\n  sha256  %s\n", info.Name, dash(info.Path), dash(info.SHA256))
	if !o.yes && info.Trust != host.TrustUnsafe && w.interactive() {
		yes, err := w.confirm(fmt.Sprintf("Let hook %s run as you?", name))
		if err != nil {
			return err
		}
		if !yes {
			return slot.E(slot.KindCanceled, "", errors.New("canceled; the hook is not trusted"))
		}
	}
	if info, err = h.Trust(ctx, name, info.SHA256); err != nil {
		return err
	}
	fmt.Fprintf(w.Err, "trusted; the next deployment may use it\n")
	if info.Overrides {
		fmt.Fprintf(w.Err, "it overrides the built-in hook %s\n", name)
	}
	return o.print(ctx, w, h, info)
}

func (o *hooksTrustOptions) print(ctx context.Context, w *World, h *host.Host, info host.Info) error {
	if !o.json {
		return nil
	}
	return printJSON(w.Out, describe(ctx, h, info))
}

func newHooksUntrust(w *World) *cobra.Command {
	o := hooksTrustOptions{}
	cmd := &cobra.Command{
		Use: "untrust NAME", Short: "Do not let a hook run any more",
		Example: "  slot hooks untrust cobol",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.otherHookNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := w.hooks()
			if err != nil {
				return err
			}
			defer h.Close()
			if err := h.Untrust(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(w.Err, "hook %s is not trusted any more\n", args[0])
			info, err := findHook(cmd.Context(), h, args[0])
			if err != nil {
				return nil // its file is gone: nothing is left to print
			}
			return o.print(cmd.Context(), w, h, info)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the hook as JSON")
	return cmd
}
