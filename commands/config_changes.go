package commands

import (
	"fmt"
	"io"

	"github.com/slot-paas/slot/slot"
)

// stars stand in place of a secret value.
const stars = "********"

// hideChanges takes the secret values out of changes, which stay changes.
func hideChanges(changes []slot.Change) []slot.Change {
	for i, c := range changes {
		changes[i].Before, changes[i].After = hidden(c.Path, c.Before), hidden(c.Path, c.After)
	}
	return changes
}

// printChanges writes a line for each change; secrets are hidden already.
func printChanges(out io.Writer, changes []slot.Change) {
	for _, c := range changes {
		switch {
		case c.Before == nil:
			fmt.Fprintf(out, "+ %s = %s\n", dash(c.Path), valueText(c.After))
		case c.After == nil:
			fmt.Fprintf(out, "- %s (was %s)\n", dash(c.Path), valueText(c.Before))
		default:
			fmt.Fprintf(out, "~ %s = %s (was %s)\n", dash(c.Path), valueText(c.After), valueText(c.Before))
		}
	}
}
