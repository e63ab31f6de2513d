package commands

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/logs"
)

type logsOptions struct {
	all            bool
	follow         bool
	lines          int
	linesSet       bool
	since, until   string
	grep           string
	stdout, stderr bool
	deploy         int64
	json           bool
}

func newLogs(w *World) *cobra.Command {
	o := logsOptions{}
	cmd := &cobra.Command{
		Use:   "logs SLOT [SLOT...]",
		Short: "What the apps of slots wrote",
		Long: `Shows what an app wrote to its output, with notes of slot's own on its
processes: the last 100 lines, or with --since all from then on. The lines of
several slots are merged by their time.

With --follow it goes on until Ctrl+C, across deployments, rotations of the
log and restarts of slot's daemon, without a lost or repeated line.`,
		Example: `  slot logs a
  slot logs a -f
  slot logs a --since 10m --stderr
  slot logs a --since "2026-05-01 10:00" --until 2026-05-01T11:00 --grep "timeout|refused"
  slot logs a --deploy 42
  slot logs a b -f
  slot logs --all --since 1h --json`,
		ValidArgsFunction: moreSlotNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.linesSet = cmd.Flags().Changed("lines")
			return o.run(cmd.Context(), w, args)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "every slot")
	f.BoolVarP(&o.follow, "follow", "f", false, "go on with what comes until Ctrl+C")
	f.IntVarP(&o.lines, "lines", "n", 100, "the last so many lines (0 to 100000); all with --since or --deploy")
	f.StringVar(&o.since, "since", "", "from then on: 90s, 10m, 2h, 7d, 14:30, 2026-05-01, \"2026-05-01 14:30\", or a time with its zone")
	f.StringVar(&o.until, "until", "", "up to then, in the same forms")
	f.StringVar(&o.grep, "grep", "", "lines whose text matches this regular expression; (?i) before it ignores case")
	f.BoolVar(&o.stdout, "stdout", false, "what the app wrote to its standard output only")
	f.BoolVar(&o.stderr, "stderr", false, "what it wrote to its standard error only")
	f.Int64Var(&o.deploy, "deploy", 0, "of the release that this deployment made or started, from then on")
	f.BoolVar(&o.json, "json", false, "one JSON object a line")
	_ = cmd.RegisterFlagCompletionFunc("deploy", w.completeDeploymentFlag) // the flags are declared above
	for _, name := range []string{"since", "until", "grep"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	return cmd
}

func (o *logsOptions) run(ctx context.Context, w *World, args []string) error {
	q, err := o.query()
	if err != nil {
		return err
	}
	var names []slot.Name
	if o.deploy == 0 || len(args) > 0 || o.all { // a deployment names its slot itself
		if names, err = slotsOf(args, o.all); err != nil {
			return err
		}
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	if o.deploy != 0 {
		if names, err = ofDeployment(ctx, c, o.deploy, names, &q); err != nil {
			return err
		}
	}
	m := merger{client: c, query: q, names: names, out: newLinePrinter(w, o.json, len(names) > 1)}
	at, err := m.read(ctx)
	if err == nil && o.follow {
		err = m.watch(ctx, at)
	}
	if o.follow && errors.Is(err, context.Canceled) {
		return nil // Ctrl+C is how a person ends it
	}
	return err
}

// query reads the flags.
func (o *logsOptions) query() (q logs.Query, err error) {
	now := time.Now()
	if q.Since, err = parseMoment("--since", o.since, now); err != nil {
		return q, err
	}
	if q.Until, err = parseMoment("--until", o.until, now); err != nil {
		return q, err
	}
	switch {
	case o.follow && o.until != "":
		return q, slot.E(slot.KindUsage, "leave one of them out", errors.New("--follow has no end, and --until is one"))
	case !q.Until.IsZero() && !q.Since.Before(q.Until):
		return q, wrong("--since", o.since, "a time before that of --until")
	case o.lines < 0 || o.lines > 100_000:
		return q, wrong("--lines", o.lines, "0 to 100000")
	case o.deploy < 0:
		return q, wrong("--deploy", o.deploy, "the number of a deployment, see slot history")
	}
	if o.grep != "" {
		if q.Grep, err = regexp.Compile(o.grep); err != nil {
			return q, wrong("--grep", o.grep, "a regular expression: "+err.Error())
		}
	}
	if o.stdout {
		q.Streams = append(q.Streams, logs.Stdout)
	}
	if o.stderr {
		q.Streams = append(q.Streams, logs.Stderr)
	}
	q.Last = o.lines
	if !o.linesSet && (o.since != "" || o.deploy != 0) {
		q.Last = -1
	}
	return q, nil
}

// ofDeployment narrows the query down to what a deployment started, in one of
// the slots named, if any.
func ofDeployment(ctx context.Context, c *api.Client, id int64, named []slot.Name, q *logs.Query) ([]slot.Name, error) {
	d, err := c.Deployment(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case named != nil && !slices.Contains(named, d.Slot):
		return nil, wrong("--deploy", id, "a deployment of that slot; this one was of slot "+string(d.Slot))
	case d.Release == 0:
		return nil, slot.E(slot.KindNotFound, fmt.Sprintf("slot history show %d tells how it went", id),
			fmt.Errorf("deployment %d started no app", id))
	}
	q.Release = d.Release
	if q.Since.Before(d.StartedAt) {
		q.Since = d.StartedAt
	}
	return []slot.Name{d.Slot}, nil
}

// wrong is the error of a flag's value.
func wrong(flag string, value any, want string) error {
	if text, ok := value.(string); ok {
		value = fmt.Sprintf("%q", text)
	}
	return slot.E(slot.KindUsage, "", fmt.Errorf("%s is %v; want %s", flag, value, want))
}
