package supervisor

import (
	"log/slog"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/store"
)

// databaseRoom is the opened database room with the logs of its services.
type databaseRoom struct {
	database    *database.Server
	serviceLogs map[string]*logs.Log
}

func (d *Daemon) openDatabase(lay store.Layout, st *store.Store) (r databaseRoom, err error) {
	r.serviceLogs = map[string]*logs.Log{}
	run := map[string]*services{}
	for _, name := range []string{"postgres", "pgadmin"} {
		l, err := logs.Open(lay.ServiceLogs(name), logs.Options{Keep: 2})
		if err != nil {
			r.close(d.Log)
			return databaseRoom{}, err
		}
		r.serviceLogs[name] = l
		run[name] = &services{log: l, fifo: lay.Fifo(), slog: d.Log}
	}
	r.database, err = database.New(database.Options{
		Home: lay.Database(), Data: d.Settings.Data, Port: d.Settings.PostgresPort, WebPort: d.Settings.PgAdminPort,
		Config: st.Config, Postgres: run["postgres"], PgAdmin: run["pgadmin"], Exe: d.Exe, Environ: d.env.list, Log: d.Log,
	})
	return r, err
}

// close leaves PostgreSQL and pgAdmin to the next daemon, unless they were
// stopped.
func (r databaseRoom) close(log *slog.Logger) {
	if r.database != nil {
		r.database.Detach()
	}
	for _, l := range r.serviceLogs {
		if err := l.Close(); err != nil {
			log.Warn("cannot close a log", slot.KeyError, err)
		}
	}
}
