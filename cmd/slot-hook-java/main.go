// Command slot-hook-java is the built-in hook "java" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/java"
)

func main() { os.Exit(hooks.Serve(java.New())) }
