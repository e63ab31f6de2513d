// Command slot-coder is slot with Coder's client linked in. slot runs it for
// the commands that speak with Coder; docs/decisions/0035 says why.
package main

import (
	"os"

	"github.com/slot-paas/slot/coderapi"
	"github.com/slot-paas/slot/commands"
)

func main() {
	os.Exit(commands.MainCoder(os.Args[1:], func(server, token string) (commands.Coder, error) { return coderapi.New(server, token) }))
}
