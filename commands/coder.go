package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// Coder is what the commands ask of a Coder server; package coderapi has it.
type Coder interface {
	Workspace(ctx context.Context, owner, name string) (coder.Workspace, error)
	AppHost(ctx context.Context) (string, error)
	Parameters(ctx context.Context, ws coder.Workspace) ([]coder.Parameter, error)
	Start(ctx context.Context, ws coder.Workspace, changes []coder.Change) (coder.Build, error)
	Build(ctx context.Context, id string) (coder.Build, error)
	Follow(ctx context.Context, id string, send func(coder.LogLine)) error
}

// coderProgram is slot with Coder's client linked in (docs/decisions/0035).
const coderProgram = "slot-coder"

// handOver runs the same command line in the program that can speak with
// Coder; it returns only when that is missing.
func (w *World) handOver(args []string) error {
	exe, err := w.Exe()
	if err != nil {
		return err
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return err
	}
	program := filepath.Join(filepath.Dir(exe), coderProgram)
	if _, err := os.Stat(program); err != nil {
		if program, err = exec.LookPath(coderProgram); err != nil {
			return slot.E(slot.KindFailed, "go install github.com/slot-paas/slot/cmd/...@latest, or copy it from where slot came from",
				fmt.Errorf("cannot speak with Coder: %s is neither beside %s nor in PATH", coderProgram, exe))
		}
	}
	err = syscall.Exec(program, append([]string{coderProgram}, args...), w.Environ())
	return fmt.Errorf("cannot run %s: %w", program, err)
}

// besideMe is slot's own program, which lies beside slot-coder.
func besideMe() (string, error) {
	exe, err := os.Executable()
	return filepath.Join(filepath.Dir(exe), "slot"), err
}

// withCoder makes run wait for a program that can speak with Coder.
func (w *World) withCoder(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if w.Coder == nil {
			return w.handOver(w.Args)
		}
		return run(cmd, args)
	}
}

// coderFlags say which workspace of which server a command means.
type coderFlags struct{ coder.Flags }

func (f *coderFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.Workspace, "workspace", "", "the workspace, as name or owner/name (default: the one this is in)")
	cmd.PersistentFlags().StringVar(&f.Server, "coder-url", "", "Coder's address (default: CODER_URL, else that of coder login, else the agent's)")
	for _, name := range []string{"coder-url", "workspace"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions) // declared above
	}
}

// coderSession is a workspace with its server, found and asked.
type coderSession struct {
	Coder
	access coder.Access
	ws     coder.Workspace
	place  coder.Place
	params []coder.Parameter
}

// openCoder finds the workspace and reads its parameters.
func (w *World) openCoder(ctx context.Context, f coderFlags) (*coderSession, error) {
	access, err := coder.FindAccess(f.Flags, w.Getenv)
	if err != nil {
		return nil, err
	}
	c, err := w.Coder(access.Server, access.Token)
	if err != nil {
		return nil, err
	}
	s := &coderSession{Coder: c, access: access}
	return s, s.read(ctx)
}

// read asks for workspace, addresses and parameters anew.
func (s *coderSession) read(ctx context.Context) (err error) {
	if s.ws, err = s.Workspace(ctx, s.access.Owner, s.access.Workspace); err != nil {
		if errors.Is(err, coder.ErrToken) {
			err = fmt.Errorf("%w (from %s)", err, s.access.TokenFrom)
		}
		return err
	}
	host, err := s.AppHost(ctx)
	if err != nil {
		return err
	}
	s.place = coder.FromServer(s.access.Server, host, s.ws.Owner, s.ws.Name, s.ws.Agent.Name)
	s.params, err = s.Parameters(ctx, s.ws)
	return err
}

// tell says which server, token and workspace were taken.
func (s *coderSession) tell(w *World) {
	fmt.Fprintf(w.Err, "workspace %s (%s) on %s (%s), token from %s\n",
		s.ws.FullName(), s.access.WorkspaceFrom, s.access.Server, s.access.ServerFrom, s.access.TokenFrom)
}
