// Package slot is the vocabulary of the program: names, configuration,
// releases, deployments, launch plans, status and errors, with their
// validation. It does no I/O, starts nothing and imports no other room, so
// every room may import it.
package slot

import (
	"fmt"
	"strings"
)

// Name is the letter of a slot: "a" to "e". The zero value is no slot.
type Name string

// Names returns the five slots in order. The number is the user's decision
// (the architecture plan, section 1): one workspace has exactly five.
func Names() []Name { return []Name{"a", "b", "c", "d", "e"} }

// ParseName returns the slot that s names; upper case is accepted. The error
// has KindNotFound.
func ParseName(s string) (Name, error) {
	for _, n := range Names() {
		if strings.EqualFold(s, string(n)) {
			return n, nil
		}
	}
	return "", &Error{
		Kind: KindNotFound,
		Err:  fmt.Errorf("no slot %q", s),
		Hint: "the slots are a, b, c, d and e",
	}
}

// Index returns 0 for "a" to 4 for "e", and -1 for anything else.
func (n Name) Index() int {
	for i, m := range Names() {
		if m == n {
			return i
		}
	}
	return -1
}

// Valid reports whether n is one of the five slots.
func (n Name) Valid() bool { return n.Index() >= 0 }
