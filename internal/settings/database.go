package settings

import (
	"fmt"
	"strconv"

	"github.com/slot-paas/slot/slot"
)

// validateDatabase keeps the ports of PostgreSQL and pgAdmin apart from those
// that slot listens on or gives to apps.
func (s Settings) validateDatabase() error {
	for _, p := range []struct {
		name        string
		port, other int
	}{
		{"postgres_port (SLOT_POSTGRES_PORT)", s.PostgresPort, s.PgAdminPort},
		{"pgadmin_port (SLOT_PGADMIN_PORT)", s.PgAdminPort, s.PostgresPort},
	} {
		port := strconv.Itoa(p.port)
		switch {
		case p.port < 1024 || p.port > 65535:
			return bad(p.name, port, "1024 to 65535")
		case p.port >= s.BasePort && p.port < s.BasePort+len(slot.Names()), p.port == s.AdminPort, p.port == s.WebhookPort, p.port == p.other:
			return bad(p.name, port, "a port that nothing else of slot has")
		case p.port >= s.PrivateFirst && p.port <= s.PrivateLast:
			return bad(p.name, port, fmt.Sprintf("a port outside the private range %d-%d", s.PrivateFirst, s.PrivateLast))
		}
	}
	return nil
}
