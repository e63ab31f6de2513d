// Command slot runs five small apps in a workspace.
package main

import (
	"os"

	"github.com/slot-paas/slot/commands"
	"github.com/slot-paas/slot/hooks/builtin"
)

func main() {
	if handled, code := builtin.Main(os.Args); handled {
		os.Exit(code)
	}
	os.Exit(commands.Main(os.Args[1:]))
}
