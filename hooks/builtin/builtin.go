// Package builtin serves the hooks that are part of slot in a process of their
// own: the program starts itself as "slot __hook NAME...", and the child goes
// the way of any third-party hook from there on.
package builtin

import (
	"fmt"
	"os"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/hooks/bun"
	"github.com/slot-paas/slot/hooks/deno"
	"github.com/slot-paas/slot/hooks/golang"
	"github.com/slot-paas/slot/hooks/java"
	"github.com/slot-paas/slot/hooks/node"
	"github.com/slot-paas/slot/hooks/php"
	"github.com/slot-paas/slot/hooks/procfile"
	"github.com/slot-paas/slot/hooks/python"
	"github.com/slot-paas/slot/hooks/ruby"
	"github.com/slot-paas/slot/hooks/rust"
	"github.com/slot-paas/slot/hooks/static"
)

// Main is the first thing that main calls, with os.Args. When the arguments
// ask for a hook it serves it and returns true with the exit code.
func Main(args []string) (handled bool, code int) {
	if len(args) < 2 || args[1] != "__hook" {
		return false, 0
	}
	var asked []hooks.Hook
	for _, name := range args[2:] {
		if h := find(name); h != nil {
			asked = append(asked, h)
		}
	}
	if len(asked) == 0 || len(asked) < len(args)-2 {
		fmt.Fprintln(os.Stderr, "slot __hook is for slot itself and takes the names of built-in hooks")
		return true, 2
	}
	return true, hooks.ServeAll(asked...)
}

func find(name string) hooks.Hook {
	for _, h := range []hooks.Hook{golang.New(), rust.New(), java.New(), python.New(), ruby.New(), php.New(), deno.New(), bun.New(), node.New(), static.New(), procfile.New()} {
		if h.Describe().Name == name {
			return h
		}
	}
	return nil
}
