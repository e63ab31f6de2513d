// Package commands is what a person types: one file a verb. Each command is
// an options struct, a constructor and a run function; what they share of the
// outside stands in World. The package starts nothing by itself; "slot up",
// "slot serve" and "slot deploy" start what package supervisor has.
package commands

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/term"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor"
	"github.com/slot-paas/slot/supervisor/api"
)

// World is everything outside the program that a command touches. Costly
// things are functions, so that --help dials nothing.
type World struct {
	In       *os.File
	Out, Err io.Writer
	Getenv   func(string) string
	Environ  func() []string
	Exe      func() (string, error)

	verbose bool  // --verbose
	keys    *keys // of In, once something was asked

	Args  []string                                  // the command line, for handOver
	Coder func(server, token string) (Coder, error) // nil where Coder's client is not linked in
}

// NewWorld returns the real one.
func NewWorld() *World {
	return &World{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Getenv: os.Getenv, Environ: os.Environ, Exe: os.Executable,
	}
}

// settings reads where slot lives; flags have become variables by then.
func (w *World) settings() (settings.Settings, error) { return settings.Load(w.Getenv) }

// connect returns a client; a daemon that does not run is found out by the
// first call.
func (w *World) connect() (*api.Client, error) {
	s, err := w.settings()
	if err != nil {
		return nil, err
	}
	return w.dial(s.Home)
}

// connectOrStart starts slot when it does not run and says so.
func (w *World) connectOrStart(ctx context.Context) (*api.Client, error) {
	s, err := w.settings()
	if err != nil {
		return nil, err
	}
	c, err := w.dial(s.Home)
	if err == nil {
		if _, err = c.Version(ctx); err == nil {
			return c, nil
		}
	}
	if slot.AsError(err).Kind != slot.KindUnreachable {
		return nil, err
	}
	if err := w.start(s); err != nil {
		return nil, err
	}
	return w.dial(s.Home)
}

func (w *World) start(s settings.Settings) error {
	exe, err := w.Exe()
	if err != nil {
		return err
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return err
	}
	return supervisor.Up(exe, s.Home, w.Environ())
}

// interactive reports whether a person can be asked.
func (w *World) interactive() bool {
	return isTerminal(w.In) && isTerminal(w.Err) && w.Getenv("CI") == ""
}

// color reports whether out may have colours (https://no-color.org).
func (w *World) color(out io.Writer) bool {
	return isTerminal(out) && w.Getenv("NO_COLOR") == "" && w.Getenv("TERM") != "dumb"
}

// width is the number of columns of the terminal behind out; where it cannot
// be asked COLUMNS, else 80.
func (w *World) width(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	if n, err := strconv.Atoi(w.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return 80
}

func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
