package commands

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

type historyShowOptions struct{ json bool }

func newHistoryShow(w *World) *cobra.Command {
	o := historyShowOptions{}
	cmd := &cobra.Command{
		Use: "show NUMBER", Short: "One deployment: its steps, what went wrong, its log",
		Example: "  slot history show 12\n  slot history show 12 --json",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: w.completeDeployments,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the deployment as JSON")
	return cmd
}

// shownDeployment is a record with the place of its log.
type shownDeployment struct {
	slot.Deployment
	Log string `json:"log,omitempty"`
}

func (o *historyShowOptions) run(ctx context.Context, w *World, arg string) error {
	id, err := strconv.ParseInt(strings.TrimPrefix(arg, "#"), 10, 64)
	if err != nil || id < 1 {
		return slot.E(slot.KindUsage, "slot history shows the numbers", fmt.Errorf("%q is not the number of a deployment", arg))
	}
	s, err := w.settings()
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	d, err := c.Deployment(ctx, id)
	if err != nil {
		return err
	}
	shown := shownDeployment{Deployment: d}
	if path := (store.Layout{Home: s.Home}).DeployLog(d.Slot, d.ID); exists(path) {
		shown.Log = path
	}
	if o.json {
		return printJSON(w.Out, shown)
	}
	_, err = io.WriteString(w.Out, shown.text(time.Local))
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// text is the record for people. What others wrote is made harmless by dash.
func (d *shownDeployment) text(zone *time.Location) string {
	var b strings.Builder
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", what, dash(text))
		}
	}
	line("deployment", fmt.Sprintf("%d of slot %s", d.ID, d.Slot))
	line("action", string(d.Action))
	line("status", string(d.State))
	line("by", d.Trigger)
	line("asked", d.RequestedAt.In(zone).Format("2006-01-02 15:04:05"))
	if !d.StartedAt.IsZero() && d.StartedAt.Sub(d.RequestedAt) >= 100*time.Millisecond {
		line("waited", seconds(d.StartedAt.Sub(d.RequestedAt).Milliseconds()))
	}
	if t := took(d.Deployment); t != "-" {
		line("took", t)
	}
	line("source", strings.TrimSpace(d.Source.Repository+" "+d.Source.Branch))
	if d.Source.Commit != "" {
		line("commit", describeCommit(d.Source))
	}
	if d.State == slot.DeploymentLive {
		line("release", fmt.Sprintf("%d%s", d.Release, before(d.Previous)))
	}
	if len(d.Steps) > 0 {
		b.WriteString("\n")
	}
	for _, s := range d.Steps {
		name, detail := string(s.Name), s.Detail
		if sub, ok := strings.CutPrefix(name, "build."); ok {
			name = "  " + sub
		}
		if s.State != slot.StepDone {
			detail = strings.TrimSuffix(string(s.State)+": "+detail, ": ")
		}
		fmt.Fprintf(&b, "%-10s %6s  %s\n", dash(name), seconds(s.DurationMS), dash(detail))
	}
	if wrong := d.whatWentWrong(); wrong != "" {
		b.WriteString("\n" + wrong)
	}
	if d.Log != "" {
		b.WriteString("\n")
		line("log", d.Log)
	}
	return b.String()
}

// whatWentWrong is the diagnostics, the error and the last lines of output;
// one remedy is named once.
func (d *shownDeployment) whatWentWrong() string {
	var b strings.Builder
	tried := ""
	line := func(what, text, try string) {
		fmt.Fprintf(&b, "%-10s %s\n", what, dash(text))
		if try != "" && try != tried {
			fmt.Fprintf(&b, "  try      %s\n", dash(try))
		}
		tried = try
	}
	for _, g := range d.Diagnostics {
		text := g.Summary
		if g.File != "" {
			text += " (" + strings.TrimSuffix(fmt.Sprintf("%s:%d", g.File, g.Line), ":0") + ")"
		}
		line(string(g.Severity), text, g.Hint)
	}
	if d.Error != nil {
		line("ended with", d.Error.Error(), d.Error.Hint)
	}
	for _, text := range d.Output {
		fmt.Fprintf(&b, "  │ %s\n", dash(text))
	}
	return b.String()
}

func describeCommit(s slot.Source) string {
	text := s.ShortCommit()
	if s.Subject != "" {
		text += fmt.Sprintf(" %q", s.Subject)
	}
	if s.Author != "" {
		text += " by " + s.Author
	}
	if s.Dirty {
		text += ", with uncommitted changes"
	}
	return text
}

func before(release int) string {
	if release == 0 {
		return ""
	}
	return fmt.Sprintf(", after %d", release)
}
