package database

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// secrets is secrets.json, mode 0600: a password for each role, and pgAdmin's.
type secrets struct {
	Roles   map[string]string `json:"roles"`
	PgAdmin string            `json:"pgadmin,omitempty"` // of its login
	Ticket  string            `json:"ticket,omitempty"`  // key of one-time links to it
}

// admin is the role of slot itself: the only superuser. No app gets it.
const admin = "slot_admin"

// role and database of a source, as in the architecture plan for the shared
// one.
func roleOf(src slot.DatabaseSource) string {
	if src == slot.SharedSource {
		return "coder"
	}
	return "slot_" + string(src)
}

func databaseOf(src slot.DatabaseSource) string {
	if src == slot.SharedSource {
		return "workspace_db"
	}
	return "slot_" + string(src)
}

func (s *Server) readSecrets() error {
	path := filepath.Join(s.Home, "secrets.json")
	err := readJSON(path, &s.secrets)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	return err
}

// makeSecrets completes secrets.json and the pgpass file beside it, which
// keeps passwords out of the environment and the arguments of PostgreSQL's
// programs.
func (s *Server) makeSecrets() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	next := s.secrets
	s.mu.Unlock()
	next.Roles = maps.Clone(next.Roles)
	if next.Roles == nil {
		next.Roles = map[string]string{}
	}
	complete := func(password *string) {
		if *password == "" {
			*password = rand.Text() // 26 letters and digits, 130 bits: nothing in it needs quoting
		}
	}
	roles := []string{admin}
	for _, src := range slot.DatabaseSources() {
		roles = append(roles, roleOf(src))
	}
	for _, role := range roles {
		p := next.Roles[role]
		complete(&p)
		next.Roles[role] = p
	}
	complete(&next.PgAdmin)
	complete(&next.Ticket)
	if err := s.writeJSON("secrets.json", next); err != nil {
		return err
	}
	s.mu.Lock()
	s.secrets = next
	s.mu.Unlock()
	return s.writePassFile(next)
}

// writePassFile writes the file that PGPASSFILE names. It holds for every port,
// as an upgrade runs servers on others.
func (s *Server) writePassFile(all secrets) error {
	var b strings.Builder
	for _, role := range slices.Sorted(maps.Keys(all.Roles)) {
		for _, host := range []string{"127.0.0.1", "localhost"} {
			fmt.Fprintf(&b, "%s:*:*:%s:%s\n", host, role, all.Roles[role])
		}
	}
	return writeFile(s.passFile(), []byte(b.String()), 0o600)
}

func (s *Server) passFile() string { return filepath.Join(s.Home, "pgpass") }

func (s *Server) password(role string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secrets.Roles[role]
}

// access is what it takes to open the database of a source.
func (s *Server) access(src slot.DatabaseSource) slot.DatabaseAccess {
	return s.accessOf(roleOf(src), databaseOf(src))
}

func (s *Server) accessOf(role, db string) slot.DatabaseAccess {
	a := slot.DatabaseAccess{Host: "localhost", Port: s.Port, Database: db, User: role, Password: s.password(role)}
	a.URL = fmt.Sprintf("postgresql://%s:%s@%s:%s/%s", a.User, a.Password, a.Host, strconv.Itoa(a.Port), a.Database)
	return a
}

// Source is the database that a slot is configured with; false for none.
func (s *Server) Source(n slot.Name) (slot.DatabaseSource, bool) {
	switch s.Config().Slots[n].Database.Or(slot.DefaultDatabase) {
	case slot.DatabaseNone:
		return "", false
	case slot.DatabaseShared:
		return slot.SharedSource, true
	}
	return slot.DatabaseSource(n), true
}

// Env returns the variables that a slot's app is given, nil where it has no
// database.
func (s *Server) Env(n slot.Name) map[string]string {
	src, wanted := s.Source(n)
	if !wanted || !s.Enabled() {
		return nil
	}
	a := s.access(src)
	return map[string]string{
		"DATABASE_URL": a.URL, "POSTGRES_HOST": a.Host, "POSTGRES_PORT": strconv.Itoa(a.Port),
		"POSTGRES_DB": a.Database, "POSTGRES_USER": a.User, "POSTGRES_PASSWORD": a.Password,
	}
}
