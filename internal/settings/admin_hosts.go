package settings

import (
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// hostName is a name or an address of a host, without a port.
var hostName = lazyregexp.New(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)

// readAdminHosts takes the names from the variable, between commas.
func (s *Settings) readAdminHosts(getenv func(string) string) {
	if v := getenv("SLOT_ADMIN_HOSTS"); v != "" {
		s.AdminHosts = nil
		for host := range strings.SplitSeq(v, ",") {
			s.AdminHosts = append(s.AdminHosts, strings.TrimSpace(host))
		}
	}
}

func (s Settings) validateAdminHosts() error {
	for _, host := range s.AdminHosts {
		if !hostName.MatchString(host) {
			return bad("admin_hosts (SLOT_ADMIN_HOSTS)", host, "names of hosts in lower case without port, such as slot.example.com")
		}
	}
	return nil
}
