package commands

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type inspectOptions struct{ json bool }

func newInspect(w *World) *cobra.Command {
	o := inspectOptions{}
	cmd := &cobra.Command{
		Use:   "inspect SLOT",
		Short: "All that is in force for a slot",
		Long: `Shows a slot's release, its processes, its limits and alerts, and its sandbox:
what the kernel of this machine holds the processes to and what it does not, and
which files they may write to and read. Of an app that keeps ending, how it ended
and its last lines.`,
		Example:           "  slot inspect a\n  slot inspect a --json",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args[0])
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	return cmd
}

func (o *inspectOptions) run(ctx context.Context, w *World, arg string) error {
	n, err := slot.ParseName(arg)
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	in, err := c.Inspect(ctx, n)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w.Out, in)
	}
	_, err = io.WriteString(w.Out, inspection(in, time.Now()))
	return err
}

// inspection is a slot for people: a word in front, one thing a line.
func inspection(in slot.Inspection, now time.Time) string {
	var b strings.Builder
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-9s %s\n", what, dash(fmt.Sprintf(format, args...)))
	}
	s := in.Status
	line("slot", "%s, %s", s.Slot, stateWord(s))
	line("address", "%s", s.URL)
	if s.Release != 0 {
		line("release", "%d", s.Release)
		line("source", "%s", sourceWords(s.Source))
		line("built by", "%s", strings.TrimSuffix(s.Hook+" · "+s.Framework, " · "))
	}
	for _, p := range in.Processes {
		text := fmt.Sprintf("%s of release %d, pid %d", p.Type, p.Release, p.PID)
		if p.Port != 0 {
			text += fmt.Sprintf(", private port %d", p.Port)
		}
		line("process", "%s, started %s ago, sandbox %s", text, age(p.StartedAt, now), p.Sandbox.Or(slot.SandboxOff))
	}
	for _, x := range in.Limits.Limits {
		line("limit", "%s %s (%s): %s", x.Name, x.Value, x.By, x.Text)
	}
	for _, x := range s.Alerts {
		line("alert", "%s, for %s", x.Text, age(x.Since, now))
	}
	if s.LastExit != "" {
		line("ended", "%s, %d restarts since it was started", s.LastExit, s.Restarts)
	}
	for _, text := range s.Output {
		line("output", "%s", text)
	}
	line("sandbox", "%s", sandboxWords(in.Sandbox))
	for _, c := range in.Sandbox.Claims {
		if c.Holds {
			line("holds", "%s", c.Text)
		}
	}
	for _, c := range in.Sandbox.Claims {
		if !c.Holds {
			line("does not", "%s (needs %s)", c.Text, c.Needs)
		}
	}
	for _, path := range in.Sandbox.Writes {
		line("writes", "%s", path)
	}
	for _, path := range gathered(in.Sandbox.Reads) {
		line("reads", "%s", path)
	}
	return b.String()
}

// fewPaths of one folder are shown one by one.
const fewPaths = 8

// gathered shows many paths of one folder as one.
func gathered(paths []string) []string {
	in := map[string]int{}
	for _, p := range paths {
		in[filepath.Dir(p)]++
	}
	var all []string
	told := map[string]bool{}
	for _, p := range paths {
		dir := filepath.Dir(p)
		switch {
		case in[dir] <= fewPaths || dir == "/":
			all = append(all, p)
		case !told[dir]:
			told[dir] = true
			all = append(all, fmt.Sprintf("%d of the entries of %s", in[dir], dir))
		}
	}
	return all
}

func sourceWords(s slot.Source) string {
	words := s.Repository
	if s.ShortCommit() != "" {
		words += " " + s.ShortCommit()
	}
	if s.Branch != "" {
		words += " of " + s.Branch
	}
	if s.Subject != "" {
		words += fmt.Sprintf(" %q", s.Subject)
	}
	return words
}

func sandboxWords(r slot.SandboxReport) string {
	switch {
	case r.Mode == slot.SandboxOff:
		return "off: its processes and builds may open all that you may"
	case r.Reason != "":
		return string(r.Mode) + ", but the kernel cannot hold it: " + r.Reason
	}
	return string(r.Mode)
}
