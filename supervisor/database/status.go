package database

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/slot-paas/slot/slot"
)

// statusLimit bounds what a status waits for the server.
const statusLimit = 3 * time.Second

// Status looks at the server and its databases now.
func (s *Server) Status(ctx context.Context) slot.DatabaseStatus {
	s.mu.Lock()
	svc, failure, enabled, version := s.service, s.failure, s.state.Enabled, s.version
	s.mu.Unlock()
	st := slot.DatabaseStatus{
		State: slot.DatabaseOff, Host: "localhost", Port: s.Port, Data: s.cluster(), Databases: []slot.DatabaseInfo{},
	}
	st.Major, _ = majorOfData(s.cluster()) // 0 is what to show of a folder that cannot be read
	if all := s.installed(ctx); len(all) > 0 {
		st.Newest = all[0].major
	}
	if acc, err := accountFor(s.cluster()); err == nil && st.Major > 0 {
		st.User = acc.String()
	}
	if !enabled && failure == nil {
		return st
	}
	st.State = slot.DatabaseStarting
	if svc == nil {
		st.State = slot.DatabaseFailed
	} else {
		now := svc.Now()
		st.PID, st.Restarts, st.Since, st.MemoryKiB = now.PID, now.Restarts, now.Since, now.MemoryKiB
		ctx, cancel := context.WithTimeout(ctx, statusLimit)
		defer cancel()
		var err error
		if st.Databases, err = s.databases(ctx); err == nil {
			st.State, st.Version = slot.DatabaseRunning, version
			failure = nil
		} else {
			failure = err
			if now.PID == 0 {
				st.State = slot.DatabaseFailed
			}
		}
	}
	if e := slot.AsError(failure); e != nil {
		st.Error, st.Hint = e.Error(), e.Hint
	}
	st.NextDaily = s.nextDaily()
	return st
}

// databases lists those that exist, the shared one first.
func (s *Server) databases(ctx context.Context) ([]slot.DatabaseInfo, error) {
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return []slot.DatabaseInfo{}, err
	}
	defer closeConn(conn)
	rows, err := conn.Query(ctx, `SELECT datname, pg_database_size(oid),
		(SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type = 'client backend')
		FROM pg_database d WHERE NOT datistemplate`)
	if err != nil {
		return []slot.DatabaseInfo{}, queryError(err)
	}
	defer rows.Close()
	found := map[string]slot.DatabaseInfo{}
	for rows.Next() {
		var d slot.DatabaseInfo
		if err := rows.Scan(&d.Name, &d.Bytes, &d.Connections); err != nil {
			return []slot.DatabaseInfo{}, err
		}
		found[d.Name] = d
	}
	if err := rows.Err(); err != nil {
		return []slot.DatabaseInfo{}, queryError(err)
	}
	backups, _ := s.Backups() // a folder that cannot be read has none to show
	all := []slot.DatabaseInfo{}
	for _, src := range slot.DatabaseSources() {
		d, there := found[databaseOf(src)]
		if !there {
			continue
		}
		d.Source, d.Role, d.Slots = src, roleOf(src), s.slotsOf(src)
		if i := slices.IndexFunc(backups, func(b slot.Backup) bool { return b.Source == src }); i >= 0 {
			d.Backup = &backups[i]
		}
		all = append(all, d)
	}
	return all, nil
}

// slotsOf are the slots that are configured with a database.
func (s *Server) slotsOf(src slot.DatabaseSource) []slot.Name {
	names := []slot.Name{}
	for _, n := range slot.Names() {
		if got, wanted := s.Source(n); wanted && got == src {
			names = append(names, n)
		}
	}
	return names
}

// URL is what it takes to open a database, made first where it is not there.
// With superuser it is slot's own role, which no app gets.
func (s *Server) URL(ctx context.Context, src slot.DatabaseSource, superuser bool) (slot.DatabaseAccess, error) {
	if err := s.WaitReady(ctx); err != nil {
		return slot.DatabaseAccess{}, err
	}
	if err := s.provision(ctx, src); err != nil {
		return slot.DatabaseAccess{}, err
	}
	if superuser {
		return s.accessOf(admin, databaseOf(src)), nil
	}
	return s.access(src), nil
}

// Psql is the newest psql of this machine that came with a server, or "".
func (s *Server) Psql(ctx context.Context) string {
	for _, b := range s.installed(ctx) {
		if _, err := os.Stat(b.program("psql")); err == nil {
			return b.program("psql")
		}
	}
	return ""
}
