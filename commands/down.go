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

func newDown(w *World) *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Stop every app and slot itself; slot up brings all back",
		Long: `Lets requests in flight end, stops every app, then the daemon and the keeper.
What each slot should do is not changed: "slot up" brings back what ran.`,
		Example: "  slot down",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return down(cmd.Context(), w) },
	}
}

func down(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err == nil {
		err = c.Shutdown(ctx)
	}
	switch {
	case err == nil:
	case slot.AsError(err).Kind != slot.KindUnreachable:
		return err
	case !supervisor.Running(s.Home):
		fmt.Fprintln(w.Err, "slot does not run")
		return nil
	default:
		if err := supervisor.Terminate(s.Home); err != nil {
			return err
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for supervisor.Running(s.Home) {
		select {
		case <-ctx.Done():
			return slot.E(slot.KindCanceled, "slot status shows what is left", errors.New("it goes on stopping"))
		case <-tick.C:
		}
	}
	fmt.Fprintf(w.Err, "slot is down; its state is kept in %s\n", s.Home)
	return nil
}
