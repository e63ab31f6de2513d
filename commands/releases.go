package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type releasesOptions struct{ listing }

func newReleases(w *World) *cobra.Command {
	o := releasesOptions{}
	cmd := &cobra.Command{
		Use:               "releases SLOT",
		Short:             "The kept releases of a slot, newest first",
		Example:           "  slot releases a",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args[0])
		},
	}
	o.flags(cmd, "print the releases as JSON")
	return cmd
}

func (o *releasesOptions) run(ctx context.Context, w *World, arg string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	r, err := c.Releases(ctx, n)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, r)
	}
	if len(r.Releases) == 0 {
		fmt.Fprintf(w.Err, "slot %s has no release yet; try: slot deploy %s https://github.com/you/app\n", n, n)
		return nil
	}
	header, rows := releasesTable(r, time.Now())
	if o.wide {
		header, rows = releasesWide(r, header, rows)
	}
	if err := printTable(w.Out, header, rows); err != nil {
		return err
	}
	fmt.Fprint(w.Err, keptNote(n, r))
	return nil
}

// keptNote says which releases stay and how to have more of them.
func keptNote(n slot.Name, r api.Releases) string {
	kept := fmt.Sprintf("%d releases of slot %s are kept", len(r.Releases), n)
	if len(r.Releases) == 1 {
		kept = fmt.Sprintf("1 release of slot %s is kept", n)
	}
	return fmt.Sprintf("%s; at most %d, and always the live one and the one before it\n  change it: slot config set %s.deployment.keep=N\n", kept, r.Keep, n)
}

func releasesTable(r api.Releases, now time.Time) (header []string, rows [][]string) {
	for _, rel := range r.Releases {
		state := "kept"
		if rel.ID == r.Live {
			state = "live"
		}
		rows = append(rows, []string{
			fmt.Sprint(rel.ID), state, dash(rel.Source.ShortCommit()), dash(rel.Source.Branch),
			dash(rel.Hook), age(rel.CreatedAt, now), dash(rel.Source.Subject),
		})
	}
	return []string{"RELEASE", "STATE", "COMMIT", "BRANCH", "HOOK", "AGE", "SUBJECT"}, rows
}
