package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slot-paas/slot/slot"
)

// Upgraded is what Upgrade did.
type Upgraded struct {
	From int    `json:"from"`
	To   int    `json:"to"`
	Old  string `json:"old"` // the folder that has the old cluster
}

// Upgrade carries every database over to a newer major version: the newest that
// is installed, or to, which is fetched when it is not. Both servers run on
// ports that no app knows, so that nothing is written meanwhile; the new cluster
// takes the old one's place when each table has as many rows there. The old one
// is kept. Whatever fails before that changes nothing.
func (s *Server) Upgrade(ctx context.Context, to int, say slot.Progress) (u Upgraded, err error) {
	release, err := s.hold(ctx)
	if err != nil {
		return u, err
	}
	defer release()
	if err := s.WaitReady(ctx); err != nil {
		return u, err
	}
	m, err := s.planUpgrade(ctx, to, say)
	if err != nil {
		return u, err
	}
	u = Upgraded{From: m.old.major, To: m.fresh.major, Old: fmt.Sprintf("%s.%d", s.cluster(), m.old.major)}
	if _, err := os.Stat(u.Old); err == nil {
		return u, slot.E(slot.KindFailed, "remove it, or move it away", fmt.Errorf("%s is there from an earlier upgrade", u.Old))
	}
	if err := s.update(func(st *state) { st.Upgrading = true }); err != nil {
		return u, err
	}
	if err := s.stopPostgres(ctx); err != nil {
		return u, err
	}
	err = m.run(ctx, say)
	back := context.WithoutCancel(ctx)
	if err == nil {
		err = s.changeClusters(back, m, u.Old)
	}
	if err != nil {
		say("going back to the old cluster")
		return u, errors.Join(fmt.Errorf("cannot upgrade; the database is as it was: %w", err), s.recoverUpgrade(), s.launch(back, m.old, m.acc))
	}
	return u, s.finishEnable(back)
}

// migration is an upgrade under way.
type migration struct {
	s          *Server
	acc        *Account
	old, fresh binaries
	tools      string
	dir        string // of the new cluster until it takes its place
}

func (s *Server) planUpgrade(ctx context.Context, to int, say slot.Progress) (m migration, err error) {
	m = migration{s: s, dir: s.cluster() + ".upgrade"}
	major, err := majorOfData(s.cluster())
	if err != nil {
		return m, err
	}
	if m.acc, err = accountFor(s.cluster()); err != nil {
		return m, err
	}
	if m.old, err = s.choose(ctx, major, m.acc, say); err != nil {
		return m, err
	}
	if to != 0 && to <= major {
		return m, slot.E(slot.KindUsage, "", fmt.Errorf("the data is of PostgreSQL %d already", major))
	}
	if m.fresh, err = s.choose(ctx, to, m.acc, say); err != nil {
		return m, err
	}
	if m.fresh.major <= major {
		return m, slot.E(slot.KindFailed, fmt.Sprintf("slot db upgrade --to %d fetches one", major+1),
			fmt.Errorf("no PostgreSQL newer than the data's %d is installed", major))
	}
	m.tools, err = s.tools(ctx, major)
	return m, err
}

// run fills the new cluster and compares. No server runs when it returns.
func (m migration) run(ctx context.Context, say slot.Progress) error {
	s := m.s
	if err := s.removeCluster(m.dir); err != nil {
		return err
	}
	say(fmt.Sprintf("making a cluster of PostgreSQL %d", m.fresh.major))
	if err := s.initialise(ctx, m.fresh, m.acc, m.dir); err != nil {
		return err
	}
	oldPort, stopOld, err := m.start(ctx, m.old, s.cluster())
	if err != nil {
		return err
	}
	defer stopOld()
	newPort, stopNew, err := m.start(ctx, m.fresh, m.dir)
	if err != nil {
		return err
	}
	defer stopNew()
	conn, err := s.connectTo(ctx, oldPort, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	names, err := databaseNames(ctx, conn)
	if err != nil {
		return err
	}
	for _, src := range slot.DatabaseSources() {
		if i := slices.Index(names, databaseOf(src)); i >= 0 {
			names = slices.Delete(names, i, i+1)
			if err := m.carry(ctx, src, oldPort, newPort, say); err != nil {
				return fmt.Errorf("database %s: %w", databaseOf(src), err)
			}
		}
	}
	if len(names) > 0 {
		say("not carried over, only in the old cluster: " + strings.Join(names, ", "))
	}
	return nil
}

// start runs a server for the upgrade alone.
func (m migration) start(ctx context.Context, b binaries, dir string) (port int, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, nil, err
	}
	port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	svc, err := m.s.Postgres.Start(ctx, m.s.spec(b, m.acc, dir, port, func(slot.Identity) error { return nil }))
	if err != nil {
		return 0, nil, err
	}
	stop = func() {
		if err := svc.Stop(context.WithoutCancel(ctx)); err != nil {
			m.s.Log.Error("cannot stop PostgreSQL", slot.KeyError, err)
		}
	}
	if err := m.s.await(ctx, svc, port); err != nil {
		stop()
		return 0, nil, err
	}
	return port, stop, nil
}

// carry brings one database from the old server to the new one.
func (m migration) carry(ctx context.Context, src slot.DatabaseSource, oldPort, newPort int, say slot.Progress) error {
	s, db, role := m.s, databaseOf(src), roleOf(src)
	conn, err := s.connectTo(ctx, newPort, "postgres")
	if err != nil {
		return err
	}
	defer closeConn(conn)
	if err := s.makeRole(ctx, conn, src); err != nil {
		return err
	}
	if err := makeDatabase(ctx, conn, db, role); err != nil {
		return err
	}
	if err := os.MkdirAll(s.backupsDir(), 0o700); err != nil {
		return err
	}
	file := filepath.Join(s.backupsDir(), "upgrade.dump.partial")
	defer os.Remove(file)
	// As slot's own role: the data is slot's own, and all of it must come.
	if err := s.dump(ctx, m.tools, target{oldPort, admin, db}, file, say); err != nil {
		return err
	}
	list, err := m.bringExtensions(ctx, src, oldPort, newPort, file)
	if list != "" {
		defer os.Remove(list)
	}
	if err != nil {
		return err
	}
	// As the app's role: what a restore runs, such as the function of a CHECK, is the app's code.
	if err := s.fill(ctx, m.tools, file, list, target{newPort, role, db}, say); err != nil {
		return err
	}
	was, err := s.rows(ctx, oldPort, db)
	if err != nil {
		return err
	}
	is, err := s.rows(ctx, newPort, db)
	if err != nil {
		return err
	}
	for table, n := range was {
		if is[table] != n {
			return fmt.Errorf("table %s has %d rows in the old cluster and %d in the new one", table, n, is[table])
		}
	}
	say(fmt.Sprintf("%s: %d tables, as many rows in each", db, len(was)))
	return nil
}

// rows counts each table of a database.
func (s *Server) rows(ctx context.Context, port int, db string) (map[string]int64, error) {
	conn, err := s.connectTo(ctx, port, db)
	if err != nil {
		return nil, err
	}
	defer closeConn(conn)
	tables, err := column(ctx, conn, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	for _, table := range tables {
		var n int64
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return nil, queryError(err)
		}
		counts[table] = n
	}
	return counts, nil
}

func databaseNames(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	return column(ctx, conn, "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")
}

// column returns the texts of a query.
func column(ctx context.Context, conn *pgx.Conn, query string) ([]string, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, queryError(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return texts, queryError(err)
}

// changeClusters puts the new cluster in the place of the old one and starts it.
func (s *Server) changeClusters(ctx context.Context, m migration, old string) error {
	if err := os.Rename(s.cluster(), old); err != nil {
		return err
	}
	err := os.Rename(m.dir, s.cluster())
	if err == nil {
		err = syncDir(filepath.Dir(old))
	}
	if err == nil {
		err = s.launch(ctx, m.fresh, m.acc)
	}
	if err != nil {
		return errors.Join(err, s.removeCluster(s.cluster()), os.Rename(old, s.cluster()))
	}
	return s.update(func(st *state) { st.Upgrading = false })
}

// recoverUpgrade takes back an upgrade that was cut short: its servers end, the
// new cluster goes, the old one has its name again.
func (s *Server) recoverUpgrade() error {
	s.mu.Lock()
	cut := s.state.Upgrading
	s.mu.Unlock()
	if !cut {
		return nil
	}
	if err := s.removeCluster(s.cluster() + ".upgrade"); err != nil {
		return err
	}
	if major, err := majorOfData(s.cluster()); err != nil {
		return err
	} else if major == 0 {
		olds, _ := filepath.Glob(s.cluster() + ".[0-9]*") // the pattern is well-formed
		if len(olds) > 0 {
			if err := os.Rename(olds[len(olds)-1], s.cluster()); err != nil {
				return err
			}
		}
	}
	if real, err := filepath.EvalSymlinks(s.cluster()); err == nil {
		if err := endAll(inFolder(real), func() []int { return inFolder(real) }); err != nil {
			return err
		}
	}
	return s.update(func(st *state) { st.Upgrading, st.Postgres = false, slot.Identity{} })
}
