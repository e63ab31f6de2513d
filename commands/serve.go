package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/version"
	"github.com/slot-paas/slot/supervisor"
)

func newServe(w *World) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon here, without a keeper",
		Long: `Runs the daemon in the foreground until Ctrl+C, which stops the apps too. This
is for containers and for looking on; "slot up" is what survives.`,
		Example: "  slot serve",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), w)
		},
	}
}

func serve(ctx context.Context, w *World) error {
	forgetWidths()
	s, err := w.settings()
	if err != nil {
		return err
	}
	exe, err := w.Exe()
	if err != nil {
		return err
	}
	d := &supervisor.Daemon{
		Settings: s, Version: version.String(), Exe: exe,
		Environ: w.Environ(), Getenv: w.Getenv,
		Log: slog.New(slog.NewTextHandler(w.Err, nil)),
	}
	err = d.Serve(ctx)
	if w.Getenv(supervisor.ListenersVariable) == "" || err == nil {
		return err
	}
	// The keeper goes by the exit code.
	if !errors.Is(err, supervisor.ErrReload) {
		fmt.Fprintf(w.Err, "slot: %v\n", err)
	}
	return exitCode(supervisor.ExitCode(err))
}

func newKeeper(w *World) *cobra.Command {
	return &cobra.Command{
		Use: "__keeper", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			forgetWidths()
			s, err := w.settings()
			if err != nil {
				return err
			}
			exe, err := w.Exe()
			if err != nil {
				return err
			}
			k := &supervisor.Keeper{
				Settings: s, Version: version.String(), Exe: exe, Env: w.Environ(),
				Ready: supervisor.ReadyFile(w.Getenv),
			}
			return k.Run(cmd.Context())
		},
	}
}
