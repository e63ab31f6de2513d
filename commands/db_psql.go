package commands

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/store"
)

type dbPsqlOptions struct{ superuser bool }

func newDBPsql(w *World) *cobra.Command {
	o := dbPsqlOptions{}
	cmd := &cobra.Command{
		Use:   "psql [DATABASE] [-- ARGUMENT...]",
		Short: "Open a database in psql",
		Long: `Opens a database in psql as the role that the slot's app has. Arguments after --
go to psql; input, output and the exit code are psql's own.`,
		Example:           "  slot db psql a\n  slot db psql a -- -c 'SELECT count(*) FROM todos'\n  slot db psql < schema.sql",
		ValidArgsFunction: completeSources,
		RunE: func(cmd *cobra.Command, args []string) error {
			own := len(args)
			if dash := cmd.ArgsLenAtDash(); dash >= 0 {
				own = dash
			}
			if own > 1 {
				return slot.E(slot.KindUsage, "slot db psql a -- -c 'SELECT 1'", errors.New("name one database, and put psql's arguments after --"))
			}
			return o.run(cmd.Context(), w, args[:own], args[own:])
		},
	}
	cmd.Flags().BoolVar(&o.superuser, "superuser", false, "as slot's own role, which may do everything")
	return cmd
}

func (o *dbPsqlOptions) run(ctx context.Context, w *World, named, rest []string) error {
	src, err := sourceArg(named)
	if err != nil {
		return err
	}
	s, err := w.settings()
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	a, err := c.DatabaseAccess(ctx, src, o.superuser)
	if err != nil {
		return err
	}
	cmd, err := w.psql(a, filepath.Join(store.Layout{Home: s.Home}.Database(), "pgpass"), rest)
	if err != nil {
		return err
	}
	return w.attach(cmd, nil)
}

// psql makes the command; the password comes from a file of the state folder,
// so that it stands in no list of processes.
func (w *World) psql(a api.DatabaseAccess, passFile string, args []string) (*exec.Cmd, error) {
	path, err := exec.LookPath("psql")
	if a.Psql != "" {
		path, err = a.Psql, nil
	}
	if err != nil {
		return nil, slot.E(slot.KindFailed, "apt-get install postgresql-client; or another client with the address of: slot db url",
			errors.New("psql is not installed"))
	}
	env := slices.DeleteFunc(w.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "PG") })
	env = append(env, "PGPASSFILE="+passFile, "PGHOST=127.0.0.1", fmt.Sprintf("PGPORT=%d", a.Port), "PGUSER="+a.User, "PGDATABASE="+a.Database)
	return &exec.Cmd{Path: path, Args: append([]string{"psql"}, args...), Env: env, Stdin: w.In, Stdout: w.Out, Stderr: w.Err}, nil
}
