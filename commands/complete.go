package commands

import (
	"fmt"
	"strings"

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
		out = deploymentNumbers(all)
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func deploymentNumbers(all []slot.Deployment) (out []string) {
	for _, d := range all {
		out = append(out, fmt.Sprintf("%d\t%s %s %s %s", d.ID, d.Slot, d.Action, d.State, d.Source.ShortCommit()))
	}
	return out
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

// completeValues completes the slot, then NAME= of its variables.
func (w *World) completeValues(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(part, "=") {
		return nil, cobra.ShellCompDirectiveDefault // a value, or @FILE
	}
	out, directive := w.completeVariables(cmd, args, part)
	if len(args) == 0 {
		return out, directive
	}
	for i := range out {
		out[i] += "="
	}
	return out, directive | cobra.ShellCompDirectiveNoSpace
}

// completeBackups completes the names of the earlier versions of slots.json.
func (w *World) completeBackups(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if c, err := w.connect(); err == nil && len(args) == 0 {
		out, _ = c.ConfigBackups(cmd.Context())
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeSettings completes the slots, then the paths of a slot's settings
// with their values; secret ones without.
func (w *World) completeSettings(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	if !strings.Contains(part, ".") {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return w.settingPaths(cmd, part, ""), directive
}

// completeAssignments completes paths up to their =, any number of them.
func (w *World) completeAssignments(cmd *cobra.Command, _ []string, part string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(part, "=") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return w.settingPaths(cmd, part, "="), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func (w *World) settingPaths(cmd *cobra.Command, part, end string) (out []string) {
	cfg := slot.NewConfig()
	where, err := w.settings()
	if c, dialed := w.connect(); dialed == nil {
		if now, err := c.Config(cmd.Context()); err == nil {
			cfg = now
		}
	}
	if err != nil {
		return nil
	}
	for _, n := range slot.Names() {
		if !strings.HasPrefix(part, string(n)) {
			out = append(out, string(n)+".")
			continue
		}
		for _, s := range shownSettings(&cfg, n, where.Port(cfg, n), false) {
			text := valueText(s.Value)
			if s.Note != "" {
				text = "(" + s.Note + ")"
			}
			out = append(out, s.Path+end+"\t"+text)
		}
	}
	return out
}
