package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type upOptions struct{ json bool }

func newUp(w *World) *cobra.Command {
	o := upOptions{}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start slot in the background; every slot comes back as it was",
		Long: `Starts the keeper and the daemon and brings back what was deployed: apps that
still run are adopted, others start from their kept release, without network or
build.

Where slot runs already, a lost keeper is replaced while everything runs on, and
the daemon gets the environment of this terminal (GIT_ASKPASS, SSH_AUTH_SOCK,
PATH and the like) for what it starts from then on; SLOT_* settings stay those of
its start, and no app is restarted.`,
		Example: "  slot up",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print what runs then as JSON")
	return cmd
}

// upped is what "slot up --json" prints.
type upped struct {
	Home      string   `json:"home"`
	Version   string   `json:"version"`
	PID       int      `json:"pid"`
	Started   bool     `json:"started"`              // false: it ran already
	NewKeeper bool     `json:"new_keeper,omitempty"` // in the place of one that was lost
	Changed   []string `json:"changed,omitempty"`    // variables of the daemon's environment
}

func (o *upOptions) run(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	done := upped{Home: s.Home}
	if err := up(ctx, w, s, &done); err != nil || !o.json {
		return err
	}
	c, err := w.dial(s.Home)
	if err != nil {
		return err
	}
	v, err := c.Version(ctx)
	if err != nil {
		return err
	}
	done.Version, done.PID = v.Version, v.PID
	return printJSON(w.Out, done)
}

func up(ctx context.Context, w *World, s settings.Settings, done *upped) error {
	c, err := w.dial(s.Home)
	var v api.Version
	if err == nil {
		v, err = c.Version(ctx)
	}
	switch {
	case err == nil && v.Keeper.State == api.KeeperLost:
		if err := w.start(s); err != nil {
			return err
		}
		done.NewKeeper = true
		fmt.Fprintf(w.Err, "the keeper was lost; a new one has its sockets and slot %s runs on (pid %d)\n", v.Version, v.PID)
		return refresh(ctx, w, c, done)
	case err == nil:
		fmt.Fprintf(w.Err, "slot %s runs already (pid %d)\n", v.Version, v.PID)
		return refresh(ctx, w, c, done)
	case slot.AsError(err).Kind != slot.KindUnreachable:
		return err
	}
	if err := w.start(s); err != nil {
		return err
	}
	done.Started = true
	fmt.Fprintf(w.Err, "slot is up; its state is in %s\n", s.Home)
	return nil
}

// refresh hands the environment of this terminal to the daemon, which may have
// that of a workspace's build long ago.
func refresh(ctx context.Context, w *World, c *api.Client, done *upped) error {
	ch, err := c.SetEnvironment(ctx, w.Environ())
	done.Changed = ch.Changed
	if err == nil && len(ch.Changed) > 0 {
		fmt.Fprintf(w.Err, "it has this terminal's environment now; changed: %s\n", strings.Join(ch.Changed, ", "))
	}
	if err == nil {
		w.takeOver(ctx, c, coder.Subdomains(w.Getenv))
	}
	return err
}
