package commands

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/settings"
)

type doctorOptions struct{ json bool }

func newDoctor(w *World) *cobra.Command {
	o := doctorOptions{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Whether this machine has what slot needs",
		Long: `Looks at the state folder, git, the ports and what the kernel holds of sandbox and
limits, and says what to do about each problem. It changes nothing and needs no daemon.
In a Coder workspace it asks every public address as a visitor without a login, and
Coder when it stops the workspace.
A warning is what slot works without; a problem makes the exit code 1.`,
		Example: `  slot doctor
  slot doctor --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if w.Coder == nil && coder.FromEnv(w.Getenv).Inside() {
				_ = w.handOver(w.Args) // without that program the findings say so
			}
			return o.run(cmd.Context(), w)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the findings as JSON")
	return cmd
}

// finding is what a check found: one line for people.
type finding struct {
	Check  string   `json:"check"`
	State  severity `json:"state"`
	Text   string   `json:"text"`
	Remedy string   `json:"remedy,omitempty"` // a command or a change; none where all is well
}

type severity string

const (
	healthy severity = "ok"
	warning severity = "warning"
	problem severity = "problem"
)

// check looks at one thing. It changes nothing and takes a second at
// most, where the network lets it.
type check func(context.Context, *World, settings.Settings) []finding

// checks are all of them, in the order in which a person would mend things.
func checks() []check {
	return []check{checkHome, checkKeeper, checkGit, checkPorts, checkPrivatePorts, checkSandbox, checkLimits, checkCoder}
}

func (o *doctorOptions) run(ctx context.Context, w *World) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	var found []finding
	for _, look := range checks() {
		found = append(found, look(ctx, w, s)...)
	}
	if o.json {
		err = printJSON(w.Out, map[string]any{"findings": found})
	} else {
		header, rows := findingsTable(found)
		err = printTable(w.Out, header, rows)
	}
	if err == nil && slices.ContainsFunc(found, func(f finding) bool { return f.State == problem }) {
		return exitCode(1)
	}
	return err
}

// findingsTable has a row for each finding, and one below it for its remedy.
func findingsTable(found []finding) (header []string, rows [][]string) {
	for _, f := range found {
		rows = append(rows, []string{f.Check, string(f.State), dash(f.Text)})
		if f.Remedy != "" {
			rows = append(rows, []string{f.Check, "", fmt.Sprintf("try: %s", dash(f.Remedy))})
		}
	}
	return []string{"CHECK", "STATE", "FOUND"}, rows
}
