// Command slot-hook-deno is the built-in hook "deno" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/deno"
)

func main() { os.Exit(hooks.Serve(deno.New())) }
