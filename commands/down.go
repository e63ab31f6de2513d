package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor"
)

type downOptions struct{ json bool }

func newDown(w *World) *cobra.Command {
	o := downOptions{}
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop every app and slot itself; slot up brings all back",
		Long: `Lets requests in flight end, stops every app, then the daemon and the keeper.
What each slot should do is not changed: "slot up" brings back what ran.`,
		Example: "  slot down",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print whether it ran as JSON")
	return cmd
}

func (o *downOptions) run(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	ran, err := down(ctx, w, s.Home)
	switch {
	case err != nil:
		return err
	case o.json:
		return printJSON(w.Out, map[string]any{"home": s.Home, "stopped": ran})
	case ran:
		fmt.Fprintf(w.Err, "slot is down; its state is kept in %s\n", s.Home)
	default:
		fmt.Fprintln(w.Err, "slot does not run")
	}
	return nil
}

// down returns when nothing runs any more, and whether something did.
func down(ctx context.Context, w *World, home string) (bool, error) {
	c, err := w.connect()
	if err == nil {
		err = c.Shutdown(ctx)
	}
	switch {
	case err == nil:
	case slot.AsError(err).Kind != slot.KindUnreachable:
		return false, err
	case !supervisor.Running(home):
		return false, nil
	default:
		if err := supervisor.Terminate(home); err != nil {
			return false, err
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for supervisor.Running(home) {
		select {
		case <-ctx.Done():
			return true, slot.E(slot.KindCanceled, "slot status shows what is left", errors.New("it goes on stopping"))
		case <-tick.C:
		}
	}
	return true, nil
}
