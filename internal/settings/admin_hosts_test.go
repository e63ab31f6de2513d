package settings_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/settings"
)

func TestAdminHosts_AreNamesWithoutPort(t *testing.T) {
	for _, test := range []struct {
		value string
		want  []string // nil: refused
	}{
		{"slot.example.com", []string{"slot.example.com"}},
		{"slot.example.com, box", []string{"slot.example.com", "box"}},
		{"slot.example.com:443", nil},
		{"https://slot.example.com", nil},
		{"*.example.com", nil},
		{"a,,b", nil},
	} {
		env := map[string]string{"SLOT_ADMIN_HOSTS": test.value, "HOME": t.TempDir()}
		s, err := settings.Load(func(name string) string { return env[name] })
		if test.want == nil {
			if err == nil || !strings.Contains(err.Error(), "SLOT_ADMIN_HOSTS") {
				t.Errorf("%q: %v", test.value, err)
			}
			continue
		}
		if err != nil || !slices.Equal(s.AdminHosts, test.want) {
			t.Errorf("%q: %q, %v", test.value, s.AdminHosts, err)
		}
	}
}
