package slot

import (
	"errors"
	"fmt"
	"time"
)

// DatabaseMode says which database the app of a slot gets.
type DatabaseMode string

// The modes.
const (
	DatabaseOwn    DatabaseMode = "own"    // of the slot alone; no other slot's role can open it
	DatabaseShared DatabaseMode = "shared" // workspace_db, for all slots that say so
	DatabaseNone   DatabaseMode = "none"   // nothing is set in its environment
)

// DefaultDatabase is the mode where none is configured: two apps of one
// framework in one database would overwrite each other's tables.
const DefaultDatabase = DatabaseOwn

// Or returns m, or def for an empty m.
func (m DatabaseMode) Or(def DatabaseMode) DatabaseMode {
	if m == "" {
		return def
	}
	return m
}

// DatabaseSource names one of the databases: a slot's own by its letter, the
// one that slots share by "shared".
type DatabaseSource string

// SharedSource is the database that slots share.
const SharedSource DatabaseSource = "shared"

// ParseDatabaseSource accepts "a" to "e" and "shared".
func ParseDatabaseSource(s string) (DatabaseSource, error) {
	if s == string(SharedSource) || Name(s).Valid() {
		return DatabaseSource(s), nil
	}
	return "", E(KindUsage, "a, b, c, d or e for a slot's own, shared for workspace_db", fmt.Errorf("no database %q", s))
}

// DatabaseSources returns all of them, the shared one first.
func DatabaseSources() []DatabaseSource {
	all := []DatabaseSource{SharedSource}
	for _, n := range Names() {
		all = append(all, DatabaseSource(n))
	}
	return all
}

// DatabaseState is what PostgreSQL does now, in one word.
type DatabaseState string

// The states of a service.
const (
	DatabaseOff      DatabaseState = "off"      // not enabled
	DatabaseStarting DatabaseState = "starting" // does not accept connections yet
	DatabaseRunning  DatabaseState = "running"
	DatabaseFailed   DatabaseState = "failed" // could not be started; Error says why
)

// DatabaseStatus is a snapshot of PostgreSQL for people and programs.
type DatabaseStatus struct {
	State     DatabaseState  `json:"state"`
	Error     string         `json:"error,omitempty"`
	Hint      string         `json:"hint,omitempty"`
	Version   string         `json:"version,omitempty"` // of the server that runs: "15.14"
	Major     int            `json:"major,omitempty"`   // of the data
	Newest    int            `json:"newest,omitempty"`  // installed; above Major where an upgrade is possible
	Host      string         `json:"host"`
	Port      int            `json:"port"`
	Data      string         `json:"data"`
	User      string         `json:"user,omitempty"` // of this machine, that the server runs as
	PID       int            `json:"pid,omitempty"`
	Restarts  int            `json:"restarts"`
	Since     time.Time      `json:"since,omitzero"`
	MemoryKiB int64          `json:"memory_kib,omitempty"`
	Databases []DatabaseInfo `json:"databases"`
	NextDaily time.Time      `json:"next_backup,omitzero"`
}

// DatabaseInfo is one database.
type DatabaseInfo struct {
	Source      DatabaseSource `json:"source"`
	Name        string         `json:"name"`
	Role        string         `json:"role"`
	Slots       []Name         `json:"slots"` // whose apps get it
	Bytes       int64          `json:"bytes"`
	Connections int            `json:"connections"`
	Backup      *Backup        `json:"last_backup,omitempty"`
}

// DatabaseAccess is what it takes to open a database.
type DatabaseAccess struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Database string `json:"database"`
	User     string `json:"user"`
	Password string `json:"password"`
	URL      string `json:"url"`
}

// BackupReason says why a backup was made.
type BackupReason string

// The reasons. Those made by slot itself are pruned by it.
const (
	BackupManual  BackupReason = "manual"
	BackupDaily   BackupReason = "daily"
	BackupRelease BackupReason = "release" // before a release command
	BackupDrop    BackupReason = "drop"    // before the database was removed
	BackupPreview BackupReason = "preview" // before a preview's database was removed
)

// Backup is one dump of one database, whole and checked.
type Backup struct {
	ID      string         `json:"id"` // "a-20261126-004312"
	Source  DatabaseSource `json:"source"`
	Reason  BackupReason   `json:"reason"`
	Slot    Name           `json:"slot,omitempty"`    // release: whose
	Release int            `json:"release,omitempty"` // release: before which
	Server  string         `json:"server"`            // version of the server
	Bytes   int64          `json:"bytes"`
	SHA256  string         `json:"sha256"`
	TakenAt time.Time      `json:"taken_at"`
}

// Progress is one line of what a long operation does, for people.
type Progress func(text string)

// PgAdminStatus is a snapshot of pgAdmin.
type PgAdminStatus struct {
	State   DatabaseState `json:"state"`
	Error   string        `json:"error,omitempty"`
	Version string        `json:"version,omitempty"`
	URL     string        `json:"url"`

	PID       int    `json:"pid,omitempty"`
	MemoryKiB int64  `json:"memory_kib,omitempty"`
	Data      string `json:"data"`
}

// ErrNoTools is what needs pg_dump and finds none that fits.
var ErrNoTools = errors.New("no pg_dump")

// ErrDatabaseOff is what needs PostgreSQL and finds it not enabled.
var ErrDatabaseOff = E(KindFailed, "slot db enable sets it up", errors.New("PostgreSQL is not enabled"))
