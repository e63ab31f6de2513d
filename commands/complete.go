package commands

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// completeDeploying completes the slots in which something is under way.
func (w *World) completeDeploying(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if c, err := w.connect(); err == nil && len(args) == 0 {
		all, _ := c.Status(cmd.Context()) // no daemon, nothing to complete
		for _, s := range all {
			if s.Deploying != nil {
				out = append(out, fmt.Sprintf("%s\t%s %d is %s", s.Slot, s.Deploying.Action, s.Deploying.ID, s.Deploying.State))
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeDeployments completes the numbers of the newest deployments.
func (w *World) completeDeployments(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if c, err := w.connect(); err == nil && len(args) == 0 {
		all, _ := c.FindDeployments(cmd.Context(), store.Query{Limit: 50})
		for _, d := range all {
			out = append(out, fmt.Sprintf("%d\t%s %s %s %s", d.ID, d.Slot, d.Action, d.State, d.Source.ShortCommit()))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeVariables completes the slot, then the names of its variables.
func (w *World) completeVariables(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return slotNames(cmd, args, part)
	}
	var out []string
	n, err := slot.ParseName(args[0])
	if c, dialed := w.connect(); err == nil && dialed == nil {
		env, _ := c.Env(cmd.Context(), n)
		for name := range env {
			out = append(out, name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeBackups completes the names of the earlier versions of slots.json.
func (w *World) completeBackups(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if c, err := w.connect(); err == nil && len(args) == 0 {
		out, _ = c.ConfigBackups(cmd.Context())
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
