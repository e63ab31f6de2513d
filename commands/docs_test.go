package commands_test

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slot-paas/slot/commands"
)

func TestDocumentsNameEveryCommandAndFlag(t *testing.T) {
	b, err := os.ReadFile("../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(string(b), "\n")
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
			if strings.HasPrefix(r, "| `"+c.CommandPath()+" ") || strings.HasPrefix(r, "| `"+c.CommandPath()+"`") {
				row = r
			}
		}
		if row == "" {
			t.Errorf("docs/commands.md has no row for %q", c.CommandPath())
			return
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !f.Hidden && !strings.Contains(row, "`--"+f.Name+"`") {
				t.Errorf("docs/commands.md does not name --%s of %q", f.Name, c.CommandPath())
			}
		})
	}
	check(commands.NewRoot(commands.NewWorld()))
}
