package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/slot"
)

type hooksDetectOptions struct {
	hook string
	json bool
}

func newHooksDetect(w *World) *cobra.Command {
	o := hooksDetectOptions{}
	cmd := &cobra.Command{
		Use: "detect [DIR]", Short: "What every hook makes of a folder, and which one would build it",
		Long: `Asks every hook about a folder, this one unless named: the score, what it rests
on, which hook is chosen and why, and how the app would be run. Nothing is built
or changed. It looks at the folder as it lies; "slot deploy" leaves out what git
ignores, and node_modules.`,
		Example: "  slot hooks detect\n  slot hooks detect ./blog --hook static",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, append(args, ".")[0])
		},
	}
	cmd.Flags().StringVar(&o.hook, "hook", "", "ask this hook alone, as \"hook\" in a slot's configuration does")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the answers as JSON")
	_ = cmd.RegisterFlagCompletionFunc("hook", func(cmd *cobra.Command, _ []string, part string) ([]string, cobra.ShellCompDirective) {
		return w.hookNames(cmd, nil, part)
	}) // fails only without that flag
	return cmd
}

// How the hook was chosen.
const (
	chosenNamed = "named" // by --hook
	chosenOnly  = "only"  // no other knows the app
	chosenScore = "score" // the highest
	chosenOrder = "order" // first of those with the highest score
)

// closeScores is the difference below which a choice may surprise. Source: it
// is less than the least step between the scores of the contract.
const closeScores = 10

// detected is what "slot hooks detect --json" prints.
type detected struct {
	Dir    string           `json:"dir"`
	Chosen string           `json:"chosen,omitempty"`
	Reason string           `json:"reason,omitempty"`
	Close  []string         `json:"close,omitempty"` // hooks whose score is near the chosen one's
	Hooks  []host.Detection `json:"hooks"`           // best first
	Error  *slot.Error      `json:"error,omitempty"` // why nothing was chosen
}

func (o *hooksDetectOptions) run(ctx context.Context, w *World, arg string) error {
	dir, err := filepath.Abs(arg)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return slot.E(slot.KindUsage, "slot hooks detect ./folder", fmt.Errorf("cannot look at %q: there is no such folder", arg))
	}
	h, err := w.hooks()
	if err != nil {
		return err
	}
	defer h.Close()
	answers, none := h.DetectAll(ctx, host.App{SourceDir: dir, AppDir: dir}, o.hook)
	if len(answers) == 0 {
		return none
	}
	d := choose(dir, answers, o.hook != "")
	if !o.json {
		if err := d.print(w.Out); err != nil {
			return err
		}
		return none
	}
	d.Error = slot.AsError(none)
	if err := printJSON(w.Out, d); err != nil || none == nil {
		return err
	}
	fmt.Fprintf(w.Err, "slot: %v\n", d.Error)
	return exitCode(slot.ExitCode(d.Error))
}

// choose says which of the answers, the best first, a deployment would take.
func choose(dir string, answers []host.Detection, named bool) detected {
	d := detected{Dir: dir, Hooks: answers}
	best := answers[0]
	if !best.Matched {
		return d
	}
	d.Chosen, d.Reason = best.Hook, chosenOnly
	for i, other := range answers[1:] {
		if !other.Matched {
			break
		}
		if i == 0 {
			d.Reason = chosenScore
			if other.Score == best.Score {
				d.Reason = chosenOrder
			}
		}
		if best.Score-other.Score < closeScores {
			d.Close = append(d.Close, other.Hook)
		}
	}
	if named {
		d.Reason = chosenNamed
	}
	return d
}
