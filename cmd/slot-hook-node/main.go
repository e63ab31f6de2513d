// Command slot-hook-node is the built-in hook "node" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/node"
)

func main() { os.Exit(hooks.Serve(node.New())) }
