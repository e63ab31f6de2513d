// Command slot-hook-procfile is the built-in hook "procfile" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/procfile"
)

func main() { os.Exit(hooks.Serve(procfile.New())) }
