// Command slot-hook-python is the built-in hook "python" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/python"
)

func main() { os.Exit(hooks.Serve(python.New())) }
