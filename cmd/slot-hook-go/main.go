// Command slot-hook-go is the built-in hook "go" as a program of its own.
package main

import (
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/golang"
)

func main() { os.Exit(hooks.Serve(golang.New())) }
