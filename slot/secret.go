package slot

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

var secretName = lazyregexp.New(`(?i)(secret|token|passw|pwd|api_?key|private|credential|_key$|_dsn$|database_url|auth)`)

// Passwords inside values: of the user in an address, the user alone over
// http, where it is a token, and a parameter of that name, as JDBC has it.
var (
	addressPassword   = lazyregexp.New(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:]*:([^\s/]+)@`)
	addressToken      = lazyregexp.New(`(?i)\bhttps?://([^\s/?#@:]+)@`)
	parameterPassword = lazyregexp.New(`(?i)(?:^|[?&;\s])(?:password|passwd|pwd)=([^&;\s]+)`)
)

// SecretVariable reports whether a variable likely holds a secret, by its name
// or because its value has a password in it, such as redis://:password@host.
// Such a value is hidden in lists and pages and masked in logs.
func SecretVariable(name, value string) bool {
	return secretName.MatchString(name) || len(Passwords(value)) > 0
}

// Passwords returns the passwords that stand in a value, as they are written
// and, where that differs, as they are meant (%2F for /).
func Passwords(value string) []string {
	var all []string
	for _, rule := range []*lazyregexp.Regexp{addressPassword, addressToken, parameterPassword} {
		for _, m := range rule.FindAllStringSubmatch(value, -1) {
			all = append(all, m[1])
			if plain, err := url.PathUnescape(m[1]); err == nil && plain != m[1] {
				all = append(all, plain)
			}
		}
	}
	return all
}

// SecretSetting reports whether the setting at a path such as
// "a.environment.API_KEY" likely holds a secret.
func SecretSetting(path string, value any) bool {
	if strings.HasSuffix(path, ".monitoring.notify_url") {
		return true
	}
	parts := strings.SplitN(path, ".", 3)
	return len(parts) == 3 && parts[1] == "environment" && SecretVariable(parts[2], fmt.Sprint(value))
}
