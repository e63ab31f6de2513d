package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor"
	"github.com/slot-paas/slot/supervisor/api"
)

type upgradeOptions struct{ back, now, json bool }

func newUpgrade(w *World) *cobra.Command {
	o := upgradeOptions{}
	cmd := &cobra.Command{
		Use:   "upgrade FILE",
		Short: "Put another version of slot in this one's place, while all runs on",
		Long: `Checks the program FILE, installs it over the one that runs, keeps that one, and
replaces keeper and daemon by it: apps run on, their addresses answer all the
time. A version that does not come to serve is taken back by itself.
Waits for deployments that are under way.`,
		Example: `  slot upgrade ./slot-linux-amd64
  slot upgrade --back`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.back, "back", false, "to the version before the last upgrade")
	cmd.Flags().BoolVar(&o.now, "now", false, "cancel the deployments that are under way")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the versions as JSON")
	return cmd
}

func (o *upgradeOptions) run(ctx context.Context, w *World, args []string) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	file, err := o.file(s.Home, args)
	if err != nil {
		return err
	}
	program, err := supervisor.CheckProgram(ctx, file)
	if err != nil {
		return err
	}
	c, v, err := running(ctx, w)
	if err != nil {
		return err
	}
	exe, err := installed(w, s.Home, c != nil)
	if err != nil {
		return err
	}
	if c == nil {
		if err := supervisor.Install(file, exe, s.Home); err != nil {
			return err
		}
		fmt.Fprintf(w.Err, "slot %s is installed as %s; it does not run, slot up starts it\n", program.Version, exe)
		return o.print(w, upgraded{Version: program.Version, Program: exe})
	}
	if v.Keeper.State != api.KeeperRunning {
		return slot.E(slot.KindRefused, "slot up, or where slot serve runs by itself: end it first",
			fmt.Errorf("cannot upgrade: the keeper is %s", v.Keeper.State))
	}
	if err := awaitDeployments(ctx, w, c, o.now); err != nil {
		return err
	}
	if err := supervisor.Install(file, exe, s.Home); err != nil {
		return err
	}
	u := upgrade{w: w, home: s.Home, exe: exe, client: c}
	if err := handOver(ctx, w, s.Home, c, api.Reload{Now: o.now, Renew: true}); err != nil {
		if slot.AsError(err).Kind == slot.KindCanceled {
			return err // it goes on
		}
		return u.takeBack(context.WithoutCancel(ctx), program, v, err)
	}
	if err := u.verify(ctx, v); err != nil {
		return err
	}
	return o.print(w, upgraded{From: v.Version, Version: program.Version, Program: exe, Running: true})
}

// upgraded is what "slot upgrade --json" prints.
type upgraded struct {
	From    string `json:"from,omitempty"` // what ran before
	Version string `json:"version"`
	Program string `json:"program"`
	Running bool   `json:"running"`
}

func (o *upgradeOptions) print(w *World, done upgraded) error {
	if !o.json {
		return nil
	}
	return printJSON(w.Out, done)
}

// file is the program to install.
func (o *upgradeOptions) file(home string, args []string) (string, error) {
	switch {
	case o.back && len(args) > 0:
		return "", slot.E(slot.KindUsage, "", errors.New("name a file or give --back, not both"))
	case o.back:
		file := supervisor.Previous(home)
		if _, err := os.Stat(file); err != nil {
			return "", slot.E(slot.KindNotFound, "slot upgrade FILE", errors.New("no version is kept: nothing was upgraded yet"))
		}
		return file, nil
	case len(args) == 0:
		return "", slot.E(slot.KindUsage, "slot upgrade ./slot", errors.New("which program?"))
	}
	return filepath.Abs(args[0])
}

// running returns a client of the daemon that runs, nil for none.
func running(ctx context.Context, w *World) (*api.Client, api.Version, error) {
	c, err := w.connect()
	var v api.Version
	if err == nil {
		v, err = c.Version(ctx)
	}
	if err != nil && slot.AsError(err).Kind == slot.KindUnreachable {
		return nil, v, nil
	}
	return c, v, err
}

// installed is the program that runs, or this one where none does.
func installed(w *World, home string, runs bool) (string, error) {
	if runs {
		n, err := supervisor.ReadKeeperNote(home)
		if err != nil || n.Exe != "" {
			return n.Exe, err
		}
	}
	exe, err := w.Exe()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(exe)
}

// upgrade is one that was installed.
type upgrade struct {
	w         *World
	home, exe string
	client    *api.Client
}

// verify says what serves now.
func (u *upgrade) verify(ctx context.Context, before api.Version) error {
	v, err := u.client.Version(ctx)
	if err != nil {
		return err
	}
	n, err := supervisor.ReadKeeperNote(u.home)
	if err != nil {
		return err
	}
	if v.PID == before.PID || n.Version != v.Version {
		return slot.E(slot.KindFailed, "slot reload", fmt.Errorf("keeper %s and daemon %s are not of one version", n.Version, v.Version))
	}
	fmt.Fprintf(u.w.Err, "slot %s serves in the place of %s (keeper %d, daemon %d); no app was touched\n", v.Version, before.Version, n.PID, v.PID)
	return nil
}

// takeBack brings the version before back, because of cause.
func (u *upgrade) takeBack(ctx context.Context, program supervisor.Program, before api.Version, cause error) error {
	err := supervisor.Restore(u.exe, u.home)
	if err == nil {
		if supervisor.KeeperRuns(u.home) {
			err = handOver(ctx, u.w, u.home, u.client, api.Reload{Now: true, Renew: true})
		} else {
			err = supervisor.Up(u.exe, u.home, u.w.Environ())
		}
	}
	if err != nil {
		return slot.E(slot.KindFailed, "slot up", fmt.Errorf("version %s does not serve: %w; and version %s is not back: %w", program.Version, cause, before.Version, err))
	}
	return slot.E(slot.KindFailed, "its messages are in run/daemon.log of "+u.home,
		fmt.Errorf("version %s does not serve, version %s is back: %w", program.Version, before.Version, cause))
}
