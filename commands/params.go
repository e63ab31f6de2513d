package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
)

func newParams(w *World) *cobra.Command {
	var f coderFlags
	o := paramsListOptions{coder: &f}
	cmd := &cobra.Command{
		Use:   "params",
		Short: "The workspace's parameters in Coder: list, set, status",
		Long: `The parameters that the workspace's template asks for, such as the subdomain of
each slot. Changing one makes Coder build the workspace anew. Without a further
word it lists them.

Server, token and workspace are taken from the flags, CODER_URL and
CODER_SESSION_TOKEN, what "coder login" has kept, and what the workspace's agent
tells, in this order. It works inside the workspace and anywhere else.`,
		Example: "  slot params\n  slot params --workspace ada/shop --json\n  slot params set SLOT_A_SUBDOMAIN=blog",
		Args:    cobra.NoArgs,
	}
	f.add(cmd)
	cmd.RunE = w.withCoder(func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) })
	o.flags(cmd, "print the parameters as JSON")
	cmd.AddCommand(newParamsList(w, &f), newParamsSet(w, &f), newParamsStatus(w, &f))
	return cmd
}

type paramsListOptions struct {
	coder *coderFlags
	listing
}

func newParamsList(w *World, f *coderFlags) *cobra.Command {
	o := paramsListOptions{coder: f}
	cmd := &cobra.Command{
		Use: "list", Short: "Show each parameter, its value and what it takes",
		Example: "  slot params list\n  slot params list --json --workspace ada/shop",
		Args:    cobra.NoArgs,
		RunE:    w.withCoder(func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) }),
	}
	o.flags(cmd, "print the parameters as JSON")
	return cmd
}

// shownParameter is one of the list; Address is what a subdomain leads to.
type shownParameter struct {
	coder.Parameter
	Address string `json:"address,omitempty"`
}

func (o *paramsListOptions) run(ctx context.Context, w *World) error {
	s, err := w.openCoder(ctx, *o.coder)
	if err != nil {
		return err
	}
	all := make([]shownParameter, len(s.params))
	for i, p := range s.params {
		all[i].Parameter = p
		if p.Subdomain() {
			all[i].Address = s.place.URL(p.Value)
		}
	}
	if o.json {
		return printJSON(w.Out, map[string]any{"workspace": s.ws.FullName(), "server": s.access.Server, "parameters": all})
	}
	s.tell(w)
	header, rows := paramsTable(all)
	return printTable(w.Out, header, rows)
}

func paramsTable(all []shownParameter) (header []string, rows [][]string) {
	for _, p := range all {
		changes := "yes"
		if !p.Mutable {
			changes = "no"
		}
		rows = append(rows, []string{p.Name, dash(p.Value), dash(p.Default), changes, dash(takes(p.Parameter)), dash(p.Address)})
	}
	return []string{"NAME", "VALUE", "DEFAULT", "CHANGES", "TAKES", "ADDRESS"}, rows
}

// takes says which values the parameter may have.
func takes(p coder.Parameter) string {
	var parts []string
	switch {
	case len(p.Options) > 0 && p.Multiple:
		parts = append(parts, "a list of "+strings.Join(p.OptionValues(), ", "))
	case len(p.Options) > 0:
		parts = append(parts, strings.Join(p.OptionValues(), ", "))
	case p.Type == "bool":
		parts = append(parts, "true, false")
	case p.Type == "number" && p.Range() == "":
		parts = append(parts, "a number")
	case p.Type == "list(string)":
		parts = append(parts, `a list such as ["x","y"]`)
	case p.Subdomain():
		parts = append(parts, "a subdomain")
	}
	if r := p.Range(); r != "" {
		parts = append(parts, r)
	}
	if p.Regex != "" && !p.Subdomain() {
		parts = append(parts, p.Regex)
	}
	if p.Monotonic != "" {
		parts = append(parts, p.Monotonic)
	}
	if p.Ephemeral {
		parts = append(parts, "for one build")
	}
	return strings.Join(parts, "; ")
}

// completeParameters completes the names that can change with their values,
// then the options behind the =.
func (w *World) completeParameters(f *coderFlags) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, part string) ([]string, cobra.ShellCompDirective) {
		if w.Coder == nil {
			_ = w.handOver(w.Args) // without the program there is nothing to complete
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		s, err := w.openCoder(cmd.Context(), *f)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeAssignment(s.params, part)
	}
}

func completeAssignment(params []coder.Parameter, part string) (out []string, _ cobra.ShellCompDirective) {
	name, _, valued := strings.Cut(part, "=")
	for _, p := range params {
		switch {
		case !p.Mutable:
		case !valued:
			out = append(out, fmt.Sprintf("%s=\t%s", p.Name, dash(p.Value)))
		case p.Name != name:
		case p.Type == "bool":
			out = append(out, name+"=true", name+"=false")
		default:
			for _, option := range p.Options {
				out = append(out, fmt.Sprintf("%s=%s\t%s", name, option.Value, dash(option.Name)))
			}
		}
	}
	if valued {
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
