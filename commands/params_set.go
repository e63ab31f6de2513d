package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

type paramsSetOptions struct {
	coder  *coderFlags
	yes    bool
	dryRun bool
	noWait bool
	json   bool
}

func newParamsSet(w *World, f *coderFlags) *cobra.Command {
	o := paramsSetOptions{coder: f}
	cmd := &cobra.Command{
		Use:   "set NAME=VALUE...",
		Short: "Change parameters, all in one build of the workspace",
		Long: `Checks every value first, shows what would change and what a build of the
workspace does, asks, and then has Coder build the workspace once for all
changes. While the build runs every app of the workspace is away, and terminals
in it are cut off; the apps come back with the releases they had. What Coder
would refuse, or would fail of, is refused before anything is sent.

A build ends the programs in the workspace and its old tokens. The change is
noted in the state folder first, so "slot params status" tells how it ended.`,
		Example: `  slot params set SLOT_A_SUBDOMAIN=blog SLOT_B_SUBDOMAIN=shop
  slot params set CPU=4 --dry-run
  slot params set SLOT_A_SUBDOMAIN=blog --workspace ada/shop --yes`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: w.completeParameters(f),
	}
	cmd.RunE = w.withCoder(func(cmd *cobra.Command, args []string) error {
		var wanted []coder.Assignment
		for _, arg := range args {
			a, err := coder.ParseAssignment(arg)
			if err != nil {
				return err
			}
			wanted = append(wanted, a)
		}
		return o.run(cmd.Context(), w, wanted)
	})
	o.flags(cmd)
	return cmd
}

func (o *paramsSetOptions) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "check and show, change nothing")
	cmd.Flags().BoolVar(&o.noWait, "no-wait", false, "return when the build is queued")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the outcome as JSON")
}

// paramsOutcome is what --json prints.
type paramsOutcome struct {
	Workspace string            `json:"workspace"`
	Changes   []coder.Change    `json:"changes"`
	Build     *coder.Build      `json:"build,omitempty"`
	Known     bool              `json:"known"` // whether how it ended is known
	Addresses map[string]string `json:"addresses,omitempty"`
}

func (o *paramsSetOptions) run(ctx context.Context, w *World, wanted []coder.Assignment) error {
	s, err := w.openCoder(ctx, *o.coder)
	if err != nil {
		return err
	}
	s.tell(w)
	changes, err := coder.Plan(s.params, wanted, s.place, s.ws.Apps)
	if err != nil {
		return err
	}
	out := paramsOutcome{Workspace: s.ws.FullName(), Changes: changes, Known: true, Addresses: s.addresses(changes)}
	if len(changes) == 0 {
		fmt.Fprintln(w.Err, "nothing to change: every value is what it should be")
		out.Changes = []coder.Change{}
		return o.print(w, out)
	}
	if !s.ws.Build.State.Ended() {
		return slot.E(slot.KindRefused, "wait for it and run this again",
			fmt.Errorf("cannot change %s: %w (build %d, %s)", s.ws.FullName(), coder.ErrBusy, s.ws.Build.Number, s.ws.Build.Transition))
	}
	s.announce(w.Err, changes)
	if o.dryRun {
		fmt.Fprintln(w.Err, "nothing was changed: --dry-run")
		return o.print(w, out)
	}
	if err := o.agreed(w); err != nil {
		return err
	}
	return o.change(ctx, w, s, out)
}

// agreed asks, unless --yes has answered already.
func (o *paramsSetOptions) agreed(w *World) error {
	switch {
	case o.yes:
		return nil
	case !w.interactive():
		return slot.E(slot.KindUsage, "--yes agrees to it, --dry-run only shows it", errors.New("a build of the workspace wants your word, and nobody can be asked here"))
	}
	yes, err := w.confirm("Build the workspace now?")
	if err == nil && !yes {
		err = slot.E(slot.KindCanceled, "", errors.New("nothing was changed"))
	}
	return err
}

func (o *paramsSetOptions) print(w *World, out paramsOutcome) error {
	if o.json {
		return printJSON(w.Out, out)
	}
	return nil
}

// addresses are the new ones, by parameter.
func (s *coderSession) addresses(changes []coder.Change) map[string]string {
	out := map[string]string{}
	for _, ch := range changes {
		if url := s.place.URL(ch.To); url != "" && (coder.Parameter{Name: ch.Name}).Subdomain() {
			out[ch.Name] = url
		}
	}
	return out
}

// announce shows the difference and what a build does to whom.
func (s *coderSession) announce(out io.Writer, changes []coder.Change) {
	wide := 0
	for _, ch := range changes {
		wide = max(wide, len(ch.Name))
	}
	addresses := s.addresses(changes)
	for _, ch := range changes {
		line := fmt.Sprintf("  %-*s  %s → %s", wide, ch.Name, dash(ch.From), dash(ch.To))
		if url := addresses[ch.Name]; url != "" {
			line += "   " + url
		}
		fmt.Fprintln(out, line)
	}
	if !s.ws.Running() {
		fmt.Fprintf(out, "The workspace is not running: build %d starts it.\n", s.ws.Build.Number+1)
		return
	}
	var names []string
	for _, a := range s.ws.Apps {
		names = append(names, a.Slug)
	}
	fmt.Fprintf(out, "Build %d of the workspace does it. Until it has ended:\n", s.ws.Build.Number+1)
	if len(names) > 0 {
		fmt.Fprintf(out, "  every app is away, also those that do not change (%s)\n", strings.Join(names, ", "))
	}
	fmt.Fprint(out, "  terminals and editors in the workspace are cut off, and programs in it may end\n",
		"Each slot comes back with the release it has, without a build of the app.\n")
}
