package commands

import (
	"context"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/hooks/host"
)

type hooksListOptions struct{ listing }

func newHooksList(w *World) *cobra.Command {
	o := hooksListOptions{}
	cmd := &cobra.Command{
		Use: "list", Short: "The hooks there are, and whether they may run",
		Long: `Lists the built-in hooks in the order that decides between equal scores, then
those of others by name. Only a hook that may run is started, to describe
itself.`,
		Example: "  slot hooks list\n  slot hooks list --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	o.flags(cmd, "print the hooks as JSON")
	return cmd
}

func (o *hooksListOptions) run(ctx context.Context, w *World) error {
	h, err := w.hooks()
	if err != nil {
		return err
	}
	defer h.Close()
	list := describeAll(ctx, h)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if o.json {
		return printJSON(w.Out, list)
	}
	header, rows := hooksTable(list)
	return printTable(w.Out, header, rows)
}

func describeAll(ctx context.Context, h *host.Host) []hookInfo {
	found := h.List(ctx)
	list := make([]hookInfo, len(found))
	atOnce := make(chan struct{}, runtime.NumCPU())
	var group sync.WaitGroup
	for i, info := range found {
		group.Go(func() {
			atOnce <- struct{}{}
			defer func() { <-atOnce }()
			list[i] = describe(ctx, h, info)
		})
	}
	group.Wait()
	return list
}

func hooksTable(list []hookInfo) (header []string, rows [][]string) {
	for _, hook := range list {
		source, trust, version := hook.Path, string(hook.Trust), ""
		if source == "" {
			source = string(host.TrustBuiltin)
		}
		if hook.Overrides && hook.Active {
			trust += ", overrides built-in"
		}
		if hook.Description != nil {
			version = hook.Description.Version
		}
		rows = append(rows, []string{hook.Name, dash(source), trust, dash(version), dash(hookSummary(hook))})
	}
	return []string{"NAME", "SOURCE", "TRUST", "VERSION", "SUMMARY"}, rows
}

// hookSummary is the hook's own word, or why there is none.
func hookSummary(hook hookInfo) string {
	switch {
	case hook.Description != nil:
		return hook.Description.Summary
	case hook.Error != nil:
		return hook.Error.Error()
	case hook.Trust == host.TrustBuiltin:
		return "not used: overridden by another"
	case hook.Trust == host.TrustUnknown:
		return "not used until you trust it: slot hooks trust " + hook.Name
	case hook.Trust == host.TrustChanged:
		return "not used: it changed since you trusted it; slot hooks trust " + hook.Name
	}
	return "not used: " + hook.Problem
}
