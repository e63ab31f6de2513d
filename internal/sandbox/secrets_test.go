package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestApp_OpensTheMachinesSettingsWithoutItsSecrets(t *testing.T) {
	needLandlock(t)
	m := machine(t)
	attempts(t, m.App(false),
		attempt{"read /etc/shadow", "EACCES"}, attempt{"read /proc/self/root/etc/shadow", "EACCES"},
		attempt{"read /etc/passwd", "ok"}, attempt{"read /etc/hosts", "ok"}, attempt{"read /etc/resolv.conf", "ok"},
		attempt{"read /etc/ssl/certs/ca-certificates.crt", "ok"}, attempt{"read /etc/nsswitch.conf", "ok"},
		attempt{"read /etc/os-release", "ok"}, attempt{"list /etc/ssl/certs", "ok"},
	)
	if os.Getuid() != 0 {
		if p := m.App(false); !slices.Contains(p.Readable(), "/etc") {
			t.Error("/etc is opened entry by entry, though nothing in it is open to this user")
		}
	}
}

func TestMachineSecrets_ArePatternsOfPaths(t *testing.T) {
	for _, pattern := range machineSecrets {
		if _, err := filepath.Match(pattern, "/"); err != nil || !filepath.IsAbs(pattern) {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
