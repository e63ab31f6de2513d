package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

type paramsStatusOptions struct {
	coder *coderFlags
	json  bool
}

func newParamsStatus(w *World, f *coderFlags) *cobra.Command {
	o := paramsStatusOptions{coder: f}
	cmd := &cobra.Command{
		Use: "status", Short: "How the last change of parameters ended",
		Long: `Tells how the last "slot params set" or "slot subdomain" of this machine ended, also
where the program that waited for it was ended by its build.
The exit code is 0 while the build runs and when it ended well.`,
		Example: "  slot params status\n  slot params status --json",
		Args:    cobra.NoArgs,
		RunE:    w.withCoder(func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) }),
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	return cmd
}

func (o *paramsStatusOptions) run(ctx context.Context, w *World) error {
	where, err := w.settings()
	if err != nil {
		return err
	}
	intent, err := coder.ReadIntent(where.Home)
	if err != nil {
		return err
	}
	if intent == nil {
		fmt.Fprintln(w.Err, "no parameter was changed from here")
		if o.json {
			return printJSON(w.Out, map[string]any{"change": nil})
		}
		return nil
	}
	flags := *o.coder
	if flags.Workspace == "" {
		flags.Workspace = intent.Workspace
	}
	if flags.Server == "" && w.Getenv("CODER_URL") == "" {
		flags.Server = intent.Server
	}
	s, err := w.openCoder(ctx, flags)
	if err != nil {
		return err
	}
	build, err := s.outcome(ctx, intent)
	if err != nil {
		return err
	}
	if intent.Build = build; build != nil && build.State.Ended() {
		if err := coder.WriteIntent(where.Home, intent); err != nil {
			return err
		}
	}
	if o.json {
		if err := printJSON(w.Out, map[string]any{"change": intent}); err != nil {
			return err
		}
	} else {
		tellIntent(w.Out, intent, time.Now())
	}
	if build == nil || !build.State.Ended() {
		return nil
	}
	if err := s.judge(*build, intent.Changes, nil); err != nil {
		return err
	}
	if s.ws.Build.Number == build.Number { // a later build may have changed them again
		if err := differing(s.params, intent.Changes, build.Number); err != nil {
			return err
		}
		w.mirror(ctx, s.ws, intent.Changes)
	}
	return nil
}

// outcome finds the build of a change; nil where none was queued. When the
// program ended before it knew the number, it is the workspace's next one
// that has the values.
func (s *coderSession) outcome(ctx context.Context, i *coder.Intent) (*coder.Build, error) {
	if i.Workspace != s.ws.FullName() {
		return nil, slot.E(slot.KindUsage, "leave --workspace out", fmt.Errorf("the last change was to %s, not to %s", i.Workspace, s.ws.FullName()))
	}
	if i.Build != nil {
		b, err := s.Build(ctx, i.Build.ID)
		return &b, err
	}
	if s.ws.Build.Number == i.Before+1 && differing(s.params, i.Changes, 0) == nil {
		b := s.ws.Build
		return &b, nil
	}
	if s.ws.Build.Number > i.Before {
		return nil, slot.E(slot.KindFailed, "slot params", errors.New("whether the change was queued is not known: others have built the workspace since"))
	}
	return nil, nil
}

func tellIntent(out io.Writer, i *coder.Intent, now time.Time) {
	state := "it was never queued; nothing changed"
	switch {
	case i.Build == nil:
	case i.Build.State == coder.BuildSucceeded:
		state = fmt.Sprintf("build %d ended well", i.Build.Number)
	case i.Build.State.Ended():
		state = fmt.Sprintf("build %d did not end well: %s", i.Build.Number, i.Build.State)
	default:
		state = fmt.Sprintf("build %d is %s", i.Build.Number, i.Build.State)
	}
	fmt.Fprintf(out, "%s, %s ago: %s\n", i.Workspace, age(i.Time, now), state)
	for _, ch := range i.Changes {
		fmt.Fprintf(out, "  %s  %s → %s\n", ch.Name, dash(ch.From), dash(ch.To))
	}
}
