package slot

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// MaxVariable is the largest value of one environment variable in bytes: what
// Linux accepts for one string of a new process (MAX_ARG_STRLEN, 32 pages)
// less room for the name.
const MaxVariable = 128<<10 - 1<<10

var variableName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// ValidateVariable checks one environment variable. Values are literal: any
// UTF-8 text without NUL is kept as it is. Other bytes would not survive the
// JSON of slots.json and of the control API.
func ValidateVariable(name, value string) error {
	switch {
	case !variableName.MatchString(name):
		return E(KindUsage, "a name has letters, digits and _, and does not begin with a digit",
			fmt.Errorf("%q is not a name for a variable", name))
	case strings.Contains(value, "\x00"):
		return E(KindUsage, "", fmt.Errorf("the value of %s contains a NUL byte", name))
	case !utf8.ValidString(value):
		return E(KindUsage, "encode it, for example with base64", fmt.Errorf("the value of %s is not UTF-8 text, which JSON needs", name))
	case len(value) > MaxVariable:
		return E(KindUsage, "put large values into a file",
			fmt.Errorf("the value of %s has %d bytes, more than %d", name, len(value), MaxVariable))
	}
	return nil
}

// Reserved reports whether slot itself sets the variable, so that a slot's
// own value for it would not be used: PORT, HOST and everything in SLOT_*.
func Reserved(name string) bool {
	return name == "PORT" || name == "HOST" || strings.HasPrefix(name, "SLOT_")
}

// ValidateEnvironment checks a slot's own variables, reserved names included.
func ValidateEnvironment(env map[string]string) error {
	names := make([]string, 0, len(env))
	for name := range env {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := ValidateVariable(name, env[name]); err != nil {
			return err
		}
		if Reserved(name) {
			return E(KindUsage, "slot sets PORT, HOST and SLOT_* itself; an app reads its port from PORT",
				fmt.Errorf("%s cannot be set", name))
		}
	}
	return nil
}
