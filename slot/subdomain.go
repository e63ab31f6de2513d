package slot

import (
	"errors"
	"fmt"
	"strings"
)

// CheckSubdomain says why Coder would not take the text for the address of an
// app, its slug, or nil. Its
// rule is ^[a-z0-9](-?[a-z0-9])*$; a build with anything else fails and takes
// the workspace's apps down. Four digits, as in "2024", are accepted by Coder
// but lead to the port of that number instead of the app.
func CheckSubdomain(slug string) error {
	for _, r := range slug {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-':
		case 'A' <= r && r <= 'Z':
			return fmt.Errorf("%q has the capital letter %q; want small ones", slug, r)
		default:
			return fmt.Errorf("%q has the character %q; want a-z, 0-9 and -", slug, r)
		}
	}
	switch {
	case slug == "":
		return errors.New("it is empty; want a name such as blog")
	case strings.HasPrefix(slug, "-"), strings.HasSuffix(slug, "-"):
		return fmt.Errorf("%q begins or ends with -; want a letter or digit there", slug)
	case strings.Contains(slug, "--"):
		return fmt.Errorf("%q has two - in a row, which separate slug, workspace and owner for Coder; want one", slug)
	case portLike(slug):
		return fmt.Errorf("%q looks like a port: Coder would lead to that port of the workspace; want a letter before it", slug)
	}
	return nil
}

// portLike reports what Coder's app proxy reads as a port: \d{4}s?
// (appurl.PortRegex).
func portLike(slug string) bool {
	digits := strings.TrimSuffix(slug, "s")
	return len(digits) == 4 && strings.Trim(digits, "0123456789") == ""
}
