package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type previewOptions struct {
	pull api.PullRef
	json bool
}

func newPreview(w *World) *cobra.Command {
	o := previewOptions{}
	cmd := &cobra.Command{
		Use: "preview [NUMBER]", Short: "Pull requests in slots set aside for them",
		Long: `Lists which slots are set aside for the pull requests of which repository, and what
they show. With the number of a pull request it shows that one, from a fork too:
then without variables, since whoever wrote it could read them.

A webhook that tells of pull requests does it by itself: each gets a free slot
when it is opened, follows its commits, and leaves the slot when it is closed.`,
		Example: `  slot preview enable https://github.com/me/app --slots d,e --from a
  slot preview
  slot preview 42
  slot preview close 42`,
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: w.completePulls,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return o.list(cmd.Context(), w)
			}
			return o.open(cmd.Context(), w, args[0])
		},
	}
	cmd.Flags().StringVar(&o.pull.Repository, "repository", "", "whose pull request, where several have slots set aside")
	_ = cmd.RegisterFlagCompletionFunc("repository", w.completeRepositories) // declared above
	cmd.Flags().BoolVar(&o.pull.Trust, "trust", false, "give it the variables: you know who wrote it")
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	cmd.AddCommand(newPreviewEnable(w), newPreviewDisable(w), newPreviewClose(w))
	return cmd
}

func (o *previewOptions) list(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	all, err := c.Previews(ctx)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		return printJSON(w.Out, all)
	case len(all.Settings) == 0:
		fmt.Fprintln(w.Err, "no slot is set aside for pull requests; slot preview enable does it")
		return nil
	}
	header, rows := previewTable(all, time.Now())
	return printTable(w.Out, header, rows)
}

func previewTable(all api.PreviewList, now time.Time) (header []string, rows [][]string) {
	for _, p := range all.Settings {
		for _, n := range p.Slots {
			row := []string{string(n), slot.RedactAddress(p.Repository), "-", "free", "-", "-", "-"}
			for _, v := range all.Shown {
				if v.Slot == n {
					state := string(v.State)
					if v.Phase != "" {
						state = string(v.Phase)
					}
					row = []string{string(n), dash(v.Repository), fmt.Sprintf("#%d", v.Number), state, age(v.Updated, now), v.URL, dash(v.Title)}
				}
			}
			rows = append(rows, row)
		}
	}
	return []string{"SLOT", "REPOSITORY", "PULL REQUEST", "STATE", "UPDATED", "ADDRESS", "TITLE"}, rows
}

func (o *previewOptions) open(ctx context.Context, w *World, arg string) (err error) {
	if o.pull.Number, err = pullNumber(arg); err != nil {
		return err
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	d, err := c.OpenPreview(ctx, o.pull)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, d)
	}
	fmt.Fprintf(w.Out, "slot %s: %s\n", d.Slot, describePreview(d))
	return nil
}

func describePreview(d slot.Decision) string {
	if d.Deployment == 0 {
		return dash(strings.TrimSpace("deploys " + d.Reason))
	}
	return fmt.Sprintf("deployment %d", d.Deployment)
}

func pullNumber(arg string) (int, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(arg, "#"))
	if err != nil || n < 1 {
		return 0, slot.E(slot.KindUsage, "slot preview 42", fmt.Errorf("%q is not the number of a pull request", arg))
	}
	return n, nil
}

func newPreviewClose(w *World) *cobra.Command {
	o := previewOptions{}
	cmd := &cobra.Command{
		Use: "close NUMBER", Short: "Empty the slot of a pull request",
		Example: "  slot preview close 42",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.completePulls,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.pull.Number, err = pullNumber(args[0]); err != nil {
				return err
			}
			c, err := w.connect()
			if err != nil {
				return err
			}
			d, err := c.ClosePreview(cmd.Context(), o.pull)
			switch {
			case err != nil:
				return err
			case o.json:
				return printJSON(w.Out, d)
			}
			fmt.Fprintf(w.Err, "slot %s is being emptied\n", d.Slot)
			return nil
		},
	}
	cmd.Flags().StringVar(&o.pull.Repository, "repository", "", "whose pull request, where several have slots set aside")
	_ = cmd.RegisterFlagCompletionFunc("repository", w.completeRepositories) // declared above
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	return cmd
}
