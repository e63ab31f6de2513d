package commands

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
)

type doctorOptions struct{ fix, json bool }

func newDoctor(w *World) *cobra.Command {
	o := doctorOptions{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Whether this machine has what slot needs",
		Long: `Looks at the state folder, the disk, the machine, the daemon, the access to each
slot's repository, the tools of each slot's language, the ports, what the kernel
holds of sandbox and limits, the database and its backups, the clock, and what came
to the webhook, and says what to do about each problem. It needs no daemon, and asks
one that runs.
In a Coder workspace it asks every public address as a visitor without a login, and
Coder when it stops the workspace.
It changes nothing without --fix, which mends what can be mended without taking
anything away: rights of slot's files, a daemon that was killed and its socket, a
full disk by clearing the caches of builds, and the completion of your shell ($SHELL).
It says what it did.
A warning is what slot works without; a problem makes the exit code 1.`,
		Example: `  slot doctor
  slot doctor --fix
  slot doctor --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if w.Coder == nil && coder.FromEnv(w.Getenv).Inside() {
				_ = w.handOver(w.Args) // without that program the findings say so
			}
			return o.run(cmd.Context(), w)
		},
	}
	cmd.Flags().BoolVar(&o.fix, "fix", false, "mend what is safe to mend, and say what was done")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the findings as JSON")
	return cmd
}

// finding is what a check found: one line for people.
type finding struct {
	Check   string   `json:"check"`
	State   severity `json:"state"`
	Text    string   `json:"text"`
	Remedy  string   `json:"remedy,omitempty"` // a command or a change; none where all is well
	Fixable bool     `json:"fixable,omitempty"`

	fix fixer // nil where only a person can decide
}

// fixer mends what was found, takes nothing away that anybody may miss, and
// returns what it did.
type fixer func(context.Context, *World) (did string, err error)

func newFinding(check string, state severity, text, remedy string) finding {
	return finding{Check: check, State: state, Text: text, Remedy: remedy}
}

// mendable is the finding with its fix.
func (f finding) mendable(fix fixer) finding {
	f.fix, f.Fixable = fix, true
	return f
}

type severity string

const (
	healthy severity = "ok"
	warning severity = "warning"
	problem severity = "problem"
	fixed   severity = "fixed" // by --fix; the text says what it did
)

// check looks at one thing. It changes nothing and takes a second at
// most, where the network lets it.
type check func(context.Context, *World, settings.Settings) []finding

// checks are all of them, in the order in which a person would mend things.
func checks() []check {
	return []check{checkHome, checkRights, checkDisk, checkMachine, checkDaemon, checkKeeper, checkGit, checkAccess, checkTools,
		checkPorts, checkPrivatePorts, checkSandbox, checkLimits, checkDatabase, checkClock, checkWebhook, checkCoder, checkCompletion}
}

func (o *doctorOptions) run(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	var all []finding
	for _, look := range checks() {
		seen := look(ctx, w, s)
		if did := o.mend(ctx, w, seen); did != nil {
			seen = append(did, look(ctx, w, s)...)
		}
		all = append(all, seen...)
	}
	if o.json {
		err = printJSON(w.Out, map[string]any{"findings": all})
	} else {
		err = printFindings(w, all)
	}
	if err == nil && slices.ContainsFunc(all, func(f finding) bool { return f.State == problem }) {
		return exitCode(1)
	}
	return err
}

// mend applies the fixes of what was seen and returns what was done; nil where
// nothing was.
func (o *doctorOptions) mend(ctx context.Context, w *World, seen []finding) (did []finding) {
	if !o.fix {
		return nil
	}
	for _, f := range seen {
		if f.fix == nil {
			continue
		}
		text, err := f.fix(ctx, w)
		if err != nil {
			did = append(did, newFinding(f.Check, warning, fmt.Sprintf("cannot mend it: %v", err), slot.AsError(err).Hint))
			continue
		}
		did = append(did, newFinding(f.Check, fixed, text, ""))
	}
	return did
}

func printFindings(w *World, all []finding) error {
	var err error
	if isTerminal(w.Out) {
		_, err = io.WriteString(w.Out, findingsScreen(all, w.width(w.Out), w.color(w.Out)))
	} else {
		header, rows := findingsTable(all)
		err = printTable(w.Out, header, rows)
	}
	if text := summed(all); text != "" {
		fmt.Fprintf(w.Err, "\n%s\n", text)
	}
	return err
}
