// Package settings reads what the machine's owner may change about slot
// itself: where its state lives and which ports it uses. A SLOT_* variable
// wins over settings.json in the state folder, which wins over the default.
// It reads one small file and writes nothing.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/strictjson"
	"github.com/slot-paas/slot/slot"
)

// Settings are parsed once and then only read. Ports lie in 1024 to 65535.
type Settings struct {
	Home         string   // SLOT_HOME; ~/.slot
	Data         string   // SLOT_DATA; ~/data
	BasePort     int      // SLOT_BASE_PORT; slot a, the others follow
	AdminHosts   []string // SLOT_ADMIN_HOSTS; names under which it answers besides this machine's and Coder's
	AdminPort    int      // SLOT_ADMIN_PORT; the browser's pages, 0 for none
	WebhookPort  int      // SLOT_WEBHOOK_PORT; pushes from outside, 0 for none
	PrivateFirst int      // SLOT_PRIVATE_PORTS; what apps listen on
	PrivateLast  int      //

	Builds int // SLOT_BUILDS; how many builds run at once

	PostgresPort int  // SLOT_POSTGRES_PORT
	PgAdminPort  int  // SLOT_PGADMIN_PORT
	Database     bool // SLOT_DATABASE; whether slot up sets up PostgreSQL by itself

	CacheLimit       int64 // SLOT_CACHE_LIMIT; bytes of one hook's cache for one slot
	SharedCacheLimit int64 // SLOT_SHARED_CACHE_LIMIT; bytes of one hook's cache for all slots

	LogSize  int64 // SLOT_LOG_SIZE; bytes of a slot's log before it is rotated
	LogFiles int   // SLOT_LOG_FILES; rotated files that are kept

	Place coder.Place // where the apps are reached in a Coder workspace; zero elsewhere
}

// file is settings.json; what is not in it keeps its default.
type file struct {
	Data         *string  `json:"data"`
	BasePort     *int     `json:"base_port"`
	AdminHosts   []string `json:"admin_hosts"`
	AdminPort    *int     `json:"admin_port"`
	WebhookPort  *int     `json:"webhook_port"`
	PrivateFirst *int     `json:"private_first"`
	PrivateLast  *int     `json:"private_last"`

	Builds *int `json:"builds"`

	PostgresPort *int  `json:"postgres_port"`
	PgAdminPort  *int  `json:"pgadmin_port"`
	Database     *bool `json:"database"`

	CacheLimit       *string `json:"cache_limit"`
	SharedCacheLimit *string `json:"shared_cache_limit"`

	LogSize  *string `json:"log_size"`
	LogFiles *int    `json:"log_files"`
}

// The default ports: 3001 and 9000 are the architecture plan's (Port
// Allocation); 9001 is apart from 9000 so that Coder can make it public alone. Private ports stay below 32768, where Linux's ephemeral range
// begins (ip_local_port_range).
const (
	DefaultBasePort     = 3001
	DefaultAdminPort    = 9000
	DefaultWebhookPort  = 9001
	DefaultPostgresPort = 5432
	DefaultPgAdminPort  = 5050
	DefaultPrivateFirst = 20000
	DefaultPrivateLast  = 29999
)

// DefaultBuilds is how many builds run at once: a workspace has two to four
// cores, and the apps that serve need them.
const DefaultBuilds = 1

// Load reads the settings. getenv is os.Getenv or a test's; every error names
// the value and where it came from.
func Load(getenv func(string) string) (Settings, error) {
	home, err := folder(getenv, "SLOT_HOME", ".slot")
	if err != nil {
		return Settings{}, err
	}
	s := Settings{
		Home: home, BasePort: DefaultBasePort, AdminPort: DefaultAdminPort, WebhookPort: DefaultWebhookPort,
		PrivateFirst: DefaultPrivateFirst, PrivateLast: DefaultPrivateLast, Builds: DefaultBuilds,
		PostgresPort: DefaultPostgresPort, PgAdminPort: DefaultPgAdminPort,
		CacheLimit: slot.DefaultCacheLimit, SharedCacheLimit: slot.DefaultSharedCacheLimit,
		LogSize: DefaultLogSize, LogFiles: DefaultLogFiles,
	}
	if err := s.readFile(filepath.Join(home, "settings.json")); err != nil {
		return Settings{}, err
	}
	if s.Data == "" || getenv("SLOT_DATA") != "" {
		if s.Data, err = folder(getenv, "SLOT_DATA", "data"); err != nil {
			return Settings{}, err
		}
	}
	for _, p := range []struct {
		name string
		into *int
	}{
		{"SLOT_BASE_PORT", &s.BasePort}, {"SLOT_ADMIN_PORT", &s.AdminPort}, {"SLOT_WEBHOOK_PORT", &s.WebhookPort},
		{"SLOT_POSTGRES_PORT", &s.PostgresPort}, {"SLOT_PGADMIN_PORT", &s.PgAdminPort},
	} {
		if v := getenv(p.name); v != "" {
			if *p.into, err = strconv.Atoi(v); err != nil {
				return Settings{}, bad(p.name, v, "a port such as 3001")
			}
		}
	}
	if v := getenv("SLOT_BUILDS"); v != "" {
		if s.Builds, err = strconv.Atoi(v); err != nil {
			return Settings{}, bad("SLOT_BUILDS", v, "1 to 5")
		}
	}
	switch v := getenv("SLOT_DATABASE"); v {
	case "":
	case "on", "off":
		s.Database = v == "on"
	default:
		return Settings{}, bad("SLOT_DATABASE", v, "on or off")
	}
	if v := getenv("SLOT_PRIVATE_PORTS"); v != "" {
		first, last, _ := strings.Cut(v, "-")
		var errs [2]error
		s.PrivateFirst, errs[0] = strconv.Atoi(first)
		s.PrivateLast, errs[1] = strconv.Atoi(last)
		if errs[0] != nil || errs[1] != nil {
			return Settings{}, bad("SLOT_PRIVATE_PORTS", v, "a range such as 20000-29999")
		}
	}
	for _, l := range []struct {
		name string
		into *int64
	}{{"SLOT_CACHE_LIMIT", &s.CacheLimit}, {"SLOT_SHARED_CACHE_LIMIT", &s.SharedCacheLimit}} {
		if v := getenv(l.name); v != "" {
			if *l.into, err = size(l.name, v); err != nil {
				return Settings{}, err
			}
		}
	}
	if err := s.readLogs(getenv); err != nil {
		return Settings{}, err
	}
	s.Place = coder.FromEnv(getenv)
	s.readAdminHosts(getenv)
	return s, s.validate()
}

// readFile takes over what the file sets; there may be none.
func (s *Settings) readFile(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	var f file
	if err = strictjson.Decode(b, &f); err == nil && f.Data != nil && !filepath.IsAbs(*f.Data) {
		err = fmt.Errorf("data is %q; want an absolute path", *f.Data)
	}
	if err != nil {
		return slot.E(slot.KindUsage, "mend or delete the file", fmt.Errorf("cannot read %s: %v", path, err))
	}
	override(&s.Data, f.Data)
	override(&s.BasePort, f.BasePort)
	override(&s.AdminPort, f.AdminPort)
	s.AdminHosts = f.AdminHosts
	override(&s.WebhookPort, f.WebhookPort)
	override(&s.Builds, f.Builds)
	override(&s.PostgresPort, f.PostgresPort)
	override(&s.PgAdminPort, f.PgAdminPort)
	override(&s.Database, f.Database)
	override(&s.LogFiles, f.LogFiles)
	override(&s.PrivateFirst, f.PrivateFirst)
	override(&s.PrivateLast, f.PrivateLast)
	for _, l := range []struct {
		name string
		text *string
		into *int64
	}{{"cache_limit", f.CacheLimit, &s.CacheLimit}, {"shared_cache_limit", f.SharedCacheLimit, &s.SharedCacheLimit}} {
		if l.text != nil {
			if *l.into, err = size(path+": "+l.name, *l.text); err != nil {
				return err
			}
		}
	}
	if f.LogSize != nil {
		s.LogSize, err = logSize(path+": log_size", *f.LogSize)
	}
	return err
}

func override[T any](value, by *T) {
	if by != nil {
		*value = *by
	}
}

// Port returns the public port of a slot: its own in the configuration, else
// the base port and the slot's place in the alphabet.
func (s Settings) Port(c slot.Config, n slot.Name) int {
	if p := c.Slots[n].Port; p != 0 {
		return p
	}
	return s.BasePort + n.Index()
}

// URL returns the address of a slot: the public one in a Coder workspace, else
// the one on this machine.
func (s Settings) URL(c slot.Config, n slot.Name) string {
	return s.Address(c.Slots[n].Subdomain, s.Port(c, n))
}

// Address is the address of a port. In Coder it is that of the app with the
// subdomain; without one, the port's own, which only the owner may open.
func (s Settings) Address(subdomain string, port int) string {
	switch {
	case s.Place.Wildcard() && subdomain != "":
		return s.Place.URL(subdomain)
	case s.Place.Wildcard():
		return s.Place.PortURL(port)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}

func (s Settings) validate() error {
	last := s.BasePort + len(slot.Names()) - 1
	switch {
	case s.BasePort < 1024 || last > 65535:
		return bad("base_port (SLOT_BASE_PORT)", strconv.Itoa(s.BasePort), "1024 to 65531")
	case s.Builds < 1 || s.Builds > len(slot.Names()):
		return bad("builds (SLOT_BUILDS)", strconv.Itoa(s.Builds), "1 to 5")
	case s.PrivateFirst < 1024 || s.PrivateLast > 65535 || s.PrivateLast-s.PrivateFirst+1 < 50:
		return bad("private ports (SLOT_PRIVATE_PORTS)", fmt.Sprintf("%d-%d", s.PrivateFirst, s.PrivateLast),
			"at least 50 ports between 1024 and 65535, such as 20000-29999")
	case s.BasePort <= s.PrivateLast && last >= s.PrivateFirst:
		return bad("base_port (SLOT_BASE_PORT)", strconv.Itoa(s.BasePort),
			fmt.Sprintf("ports outside the private range %d-%d", s.PrivateFirst, s.PrivateLast))
	}
	if err := s.validateAdminHosts(); err != nil {
		return err
	}
	return s.validateDoors()
}

// validateDoors checks the ports that are not the slots'.
func (s Settings) validateDoors() error {
	taken := map[int]bool{}
	for i := range slot.Names() {
		taken[s.BasePort+i] = true
	}
	for _, p := range []struct {
		name string
		port int
	}{{"admin_port (SLOT_ADMIN_PORT)", s.AdminPort}, {"webhook_port (SLOT_WEBHOOK_PORT)", s.WebhookPort}} {
		switch {
		case p.port == 0:
			continue
		case p.port < 1024 || p.port > 65535:
			return bad(p.name, strconv.Itoa(p.port), "1024 to 65535, or 0 for none")
		case taken[p.port]:
			return bad(p.name, strconv.Itoa(p.port), "a port that no slot and no other door has")
		}
		taken[p.port] = true
	}
	return s.validateDatabase()
}

// folder returns the absolute folder that the variable names, or name in the
// home folder.
func folder(getenv func(string) string, variable, name string) (string, error) {
	if v := getenv(variable); v != "" {
		if !filepath.IsAbs(v) {
			return "", bad(variable, v, "an absolute path")
		}
		return filepath.Clean(v), nil
	}
	home := getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", slot.E(slot.KindUsage, "set "+variable+" to an absolute path",
			fmt.Errorf("cannot find the state folder: HOME is %q", home))
	}
	return filepath.Join(home, name), nil
}
