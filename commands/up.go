package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func newUp(w *World) *cobra.Command {
	return &cobra.Command{
		Use:   "up",
		Short: "Start slot in the background; every slot comes back as it was",
		Long: `Starts the keeper and the daemon and brings back what was deployed: apps that
still run are adopted, others start from their kept release, without network or
build. Does nothing when slot runs already.`,
		Example: "  slot up",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return up(cmd.Context(), w) },
	}
}

func up(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	if c, err := api.Dial(s.Home); err == nil {
		if v, err := c.Version(ctx); err == nil {
			fmt.Fprintf(w.Err, "slot %s runs already (pid %d)\n", v.Version, v.PID)
			return nil
		} else if slot.AsError(err).Kind != slot.KindUnreachable {
			return err
		}
	} else if slot.AsError(err).Kind != slot.KindUnreachable {
		return err
	}
	if err := w.start(s); err != nil {
		return err
	}
	fmt.Fprintf(w.Err, "slot is up; its state is in %s\n", s.Home)
	return nil
}
