package slot_test

import (
	"slices"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestSecretVariable_ByItsName(t *testing.T) {
	for _, name := range []string{"API_KEY", "APIKEY", "SESSION_SECRET", "GH_TOKEN", "DB_PASSWORD", "DATABASE_URL", "SENTRY_DSN", "BASIC_AUTH", "private_pem"} {
		if !slot.SecretVariable(name, "x") {
			t.Errorf("%s is shown", name)
		}
	}
	for _, name := range []string{"NODE_ENV", "GREETING", "DEBUG", "KEYBOARD", "TZ"} {
		if slot.SecretVariable(name, "x") {
			t.Errorf("%s is hidden", name)
		}
	}
}

func TestSecretVariable_ByAPasswordInItsValue(t *testing.T) {
	for value, want := range map[string][]string{
		"redis://:pw@127.0.0.1:6379/0":                   {"pw"},
		"postgres://u:p%2Fw@h/d?sslmode=disable":         {"p%2Fw", "p/w"},
		"mongodb+srv://u:p@ss@h/d":                       {"p@ss"},
		"amqp://u:one@h1,amqp://u:two@h2":                {"one", "two"},
		"https://ghp_abc@example.com/x":                  {"ghp_abc"},
		"jdbc:postgresql://h:5432/d?user=u&password=pw1": {"pw1"},
		"host=h user=u password=pw2 dbname=d":            {"pw2"},
		"https://example.com:8080/a@b":                   nil,
		"http://127.0.0.1:3000":                          nil,
		"postgres://me@h/d":                              nil,
		"ssh://git@example.com/x":                        nil,
		"me@example.com":                                 nil,
		"a:b@c":                                          nil,
		"forgot=password":                                nil,
		"":                                               nil,
	} {
		if got := slot.Passwords(value); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
		if slot.SecretVariable("X", value) != (want != nil) {
			t.Errorf("%s: secret is not %v", value, want != nil)
		}
	}
}
