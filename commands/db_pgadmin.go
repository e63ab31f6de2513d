package commands

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

func newDBPgAdmin(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pgadmin",
		Short: "pgAdmin: the databases in the browser",
		Long: `pgAdmin runs beside PostgreSQL on 127.0.0.1 and knows its databases without asking
for passwords. Who opens a link of "slot db pgadmin url" is logged in.`,
	}
	cmd.AddCommand(newPgAdminEnable(w), newPgAdminDisable(w), newPgAdminStatus(w), newPgAdminURL(w))
	return cmd
}

func newPgAdminEnable(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "enable",
		Short: "Install pgAdmin and start it, now and with slot",
		Long: `Installs pgAdmin with pip into SLOT_DATA, pgadmin, where it is not there yet (some
600 MB), and starts it. It takes about 200 MB of memory.`,
		Example: "  slot db pgadmin enable",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connectOrStart(cmd.Context())
			if err != nil {
				return err
			}
			st, err := c.EnablePgAdmin(cmd.Context(), w.say)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, st)
			}
			fmt.Fprintf(w.Err, "pgAdmin %s is up; to open it: slot db pgadmin url\n", st.Version)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return cmd
}

func newPgAdminDisable(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "disable", Short: "Stop pgAdmin; what is installed and stored stays",
		Example: "  slot db pgadmin disable",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			st, err := c.DisablePgAdmin(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, st)
			}
			fmt.Fprintf(w.Err, "pgAdmin is off; to give back its disk space: rm -r %s\n", st.Data)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return cmd
}

func newPgAdminStatus(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "status", Short: "Whether pgAdmin runs",
		Example: "  slot db pgadmin status",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			st, err := c.PgAdmin(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(w.Out, st)
			}
			switch st.State {
			case slot.DatabaseOff:
				fmt.Fprintln(w.Err, "pgAdmin is off; try: slot db pgadmin enable")
			case slot.DatabaseFailed:
				fmt.Fprintf(w.Err, "pgAdmin is failed: %s\n", dash(st.Error))
			default:
				fmt.Fprintf(w.Err, "pgAdmin %s on %s is %s, pid %d, %s\n", st.Version, st.URL, st.State, st.PID, memory(st.MemoryKiB))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return cmd
}

type pgAdminURLOptions struct{ password, json bool }

func newPgAdminURL(w *World) *cobra.Command {
	o := pgAdminURLOptions{}
	cmd := &cobra.Command{
		Use:   "url",
		Short: "A link that opens pgAdmin, logged in",
		Long: `Prints a link that logs in whoever opens it first, within a minute. For another
address of the same pgAdmin, such as Coder's, put the path behind that address,
or log in on its page with the password (--password).`,
		Example: "  slot db pgadmin url\n  slot db pgadmin url --password",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.password, "password", false, "print the password of the login page instead")
	cmd.Flags().BoolVar(&o.json, "json", false, "print link, path and password as JSON")
	return cmd
}

func (o *pgAdminURLOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	l, err := c.LoginPgAdmin(ctx)
	switch {
	case err != nil:
		return err
	case o.json:
		return printJSON(w.Out, l)
	case o.password:
		fmt.Fprintln(w.Out, l.Password)
	default:
		fmt.Fprintln(w.Out, l.URL)
	}
	return nil
}
