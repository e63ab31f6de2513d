// Command slot-hook-rust is the built-in hook "rust" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/rust"
)

func main() { os.Exit(hooks.Serve(rust.New())) }
