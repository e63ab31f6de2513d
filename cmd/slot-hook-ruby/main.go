// Command slot-hook-ruby is the built-in hook "ruby" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/ruby"
)

func main() { os.Exit(hooks.Serve(ruby.New())) }
