package commands

import (
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/supervisor/api"
)

// tells reports whether --verbose or SLOT_VERBOSE asks for what is talked to.
func (w *World) tells() bool {
	v := w.Getenv("SLOT_VERBOSE")
	return w.verbose || v != "" && v != "0"
}

// dial returns a client of the daemon, one that tells its requests if asked to:
// never their queries, headers and bodies, which hold tokens and values.
func (w *World) dial(home string) (*api.Client, error) {
	c, err := api.Dial(home)
	if err == nil && w.tells() {
		c.Trace = func(method, path, outcome string, took time.Duration) {
			fmt.Fprintf(w.Err, "verbose: %s %s: %s, %s\n", method, path, outcome, took.Round(time.Millisecond/10))
		}
	}
	return c, err
}

// git returns a git that tells its commands if asked to. Addresses, which may
// hold tokens, go to git through its environment and are not among the words.
func (w *World) git() *git.Git {
	g := git.New(w.Environ())
	if w.tells() {
		g.Trace = func(args []string, took time.Duration, err error) {
			outcome := "done"
			if err != nil {
				outcome = "failed"
			}
			fmt.Fprintf(w.Err, "verbose: git %s: %s, %s\n", strings.Join(args, " "), outcome, took.Round(time.Millisecond))
		}
	}
	return g
}
