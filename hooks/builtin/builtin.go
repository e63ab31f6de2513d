// Package builtin serves the hooks that are part of slot, each in a process of
// its own: the program starts itself as "slot __hook NAME", and the child goes
// the way of any third-party hook from there on.
package builtin

import (
	"fmt"
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/golang"
	"github.com/slot-paas/slot/hooks/node"
	"github.com/slot-paas/slot/hooks/procfile"
	"github.com/slot-paas/slot/hooks/python"
	"github.com/slot-paas/slot/hooks/static"
)

// Main is the first thing that main calls, with os.Args. When the arguments
// ask for a hook it serves it and returns true with the exit code.
func Main(args []string) (handled bool, code int) {
	if len(args) < 2 || args[1] != "__hook" {
		return false, 0
	}
	if len(args) == 3 {
		if h := find(args[2]); h != nil {
			return true, hooks.Serve(h)
		}
	}
	fmt.Fprintln(os.Stderr, "slot __hook is for slot itself and takes the name of a built-in hook")
	return true, 2
}

func find(name string) hooks.Hook {
	for _, h := range []hooks.Hook{golang.New(), python.New(), node.New(), static.New(), procfile.New()} {
		if h.Describe().Name == name {
			return h
		}
	}
	return nil
}
