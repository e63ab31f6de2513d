// Command slot-hook-static is the built-in hook "static" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/static"
)

func main() { os.Exit(hooks.Serve(static.New())) }
