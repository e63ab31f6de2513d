// Command slot-hook-bun is the built-in hook "bun" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/bun"
)

func main() { os.Exit(hooks.Serve(bun.New())) }
