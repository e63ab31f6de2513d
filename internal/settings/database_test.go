package settings_test

import (
	"strings"
	"testing"
)

func TestLoad_ReadsTheDatabase(t *testing.T) {
	s, err := load(t, `{"postgres_port": 5433, "database": true}`, map[string]string{"SLOT_PGADMIN_PORT": "5051"})
	if err != nil {
		t.Fatal(err)
	}
	if s.PostgresPort != 5433 || s.PgAdminPort != 5051 || !s.Database {
		t.Errorf("got %+v", s)
	}
	if s, err = load(t, `{"database": true}`, map[string]string{"SLOT_DATABASE": "off"}); err != nil || s.Database {
		t.Errorf("the variable does not win: %+v, %v", s, err)
	}
}

func TestLoad_RefusesPortsOfTheDatabase(t *testing.T) {
	for _, tt := range []struct {
		name, variable, value, want string
	}{
		{"a word", "SLOT_POSTGRES_PORT", "many", `"many"`},
		{"for root only", "SLOT_POSTGRES_PORT", "543", "1024"},
		{"a slot's", "SLOT_POSTGRES_PORT", "3002", "nothing else of slot"},
		{"the admin's", "SLOT_PGADMIN_PORT", "9000", "nothing else of slot"},
		{"the same twice", "SLOT_POSTGRES_PORT", "5050", "nothing else of slot"},
		{"among the private ones", "SLOT_PGADMIN_PORT", "20500", "20000-29999"},
		{"neither on nor off", "SLOT_DATABASE", "yes", "on or off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, "", map[string]string{tt.variable: tt.value})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.variable) {
				t.Errorf("got %v", err)
			}
		})
	}
}
