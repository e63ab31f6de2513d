package commands_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slot-paas/slot/commands"
)

var flagOf = regexp.MustCompile("`--([a-z-]+)")

func TestDocumentsNameEveryCommandAndFlag(t *testing.T) {
	b, err := os.ReadFile("../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(string(b), "\n")
	root := commands.NewRoot(commands.NewWorld())
	root.InitDefaultHelpCmd()
	for _, row := range rows {
		if c := named(root, row); strings.HasPrefix(row, "| `slot ") && (c == nil || !c.Runnable()) {
			t.Errorf("docs/commands.md has a row for what is no command: %s", row)
		}
	}
	var check func(*cobra.Command)
	check = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if !sub.Hidden {
				check(sub)
			}
		}
		if !c.Runnable() {
			return
		}
		row := ""
		for _, r := range rows {
			if strings.HasPrefix(r, "| `"+c.CommandPath()+" ") && named(root, r) == c || strings.HasPrefix(r, "| `"+c.CommandPath()+"`") {
				if row != "" {
					t.Errorf("docs/commands.md has two rows for %q", c.CommandPath())
				}
				row = r
			}
		}
		if row == "" {
			t.Errorf("docs/commands.md has no row for %q", c.CommandPath())
			return
		}
		cells := strings.Split(row, " | ")
		for _, m := range flagOf.FindAllStringSubmatch(cells[len(cells)-1], -1) {
			if c.Flag(m[1]) == nil {
				t.Errorf("docs/commands.md names --%s of %q, which has no such flag", m[1], c.CommandPath())
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !f.Hidden && !strings.Contains(row, "`--"+f.Name+"`") {
				t.Errorf("docs/commands.md does not name --%s of %q", f.Name, c.CommandPath())
			}
		})
	}
	check(root)
}

// named returns the command of a row, nil where there is none.
func named(root *cobra.Command, row string) *cobra.Command {
	if !strings.HasPrefix(row, "| `slot ") {
		return nil
	}
	usage, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "`")
	c, _, err := root.Find(strings.Fields(usage)[1:])
	if err != nil || c == root {
		return nil
	}
	return c
}
