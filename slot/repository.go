package slot

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// Repository is an address that the git program may be given.
type Repository struct {
	// Address is what git gets: a URL, user@host:path, or an absolute folder.
	Address string
	// Local is true for a folder of this machine, whose working tree is the
	// source.
	Local bool
}

// maxAddress bounds an address; the longest that GitHub accepts is far below.
const maxAddress = 2048

var (
	hookName = lazyregexp.New(`^[a-z0-9-]{1,32}$`)
	scpForm  = lazyregexp.New(`^[A-Za-z0-9._-]+@[A-Za-z0-9.][A-Za-z0-9.-]*:[^:-].*$`)
	refChars = lazyregexp.New(`^[^\x00-\x20\x7f~^:?*\[\\]+$`)
)

// ParseRepository reads an address of a repository: https://, http://,
// ssh://, git://, file://, user@host:path, or an absolute folder. Anything
// that git could take for an option or a helper program is refused.
func ParseRepository(s string) (Repository, error) {
	bad := func(why string) (Repository, error) {
		return Repository{}, E(KindUsage,
			"use https://host/owner/name, git@host:owner/name, file:///path or a folder",
			fmt.Errorf("%q is not a repository: %s", RedactAddress(s), why))
	}
	switch {
	case s == "":
		return bad("it is empty")
	case len(s) > maxAddress:
		return Repository{}, E(KindUsage, "", fmt.Errorf("the repository's address has %d bytes, more than %d", len(s), maxAddress))
	case !utf8.ValidString(s):
		return bad("it is not UTF-8 text, which slots.json needs")
	case strings.HasPrefix(s, "-"):
		return bad("it begins with -")
	case strings.ContainsAny(s, "\x00\r\n\t "):
		if !filepath.IsAbs(s) || strings.ContainsAny(s, "\x00\r\n") {
			return bad("it contains white space")
		}
	}
	if filepath.IsAbs(s) {
		return Repository{Address: filepath.Clean(s), Local: true}, nil
	}
	if scheme, _, ok := strings.Cut(s, "://"); ok {
		u, err := url.Parse(s)
		if err != nil {
			return bad("it is not a URL")
		}
		// What is escaped here comes to git and ssh unescaped.
		if strings.ContainsFunc(u.User.Username()+u.Host+u.Path, unicode.IsControl) {
			return bad("it contains control characters")
		}
		if strings.HasPrefix(u.User.Username(), "-") {
			return bad("its user begins with -")
		}
		switch scheme {
		case "https", "http", "ssh", "git":
			if u.Hostname() == "" || strings.HasPrefix(u.Hostname(), "-") {
				return bad("it has no host")
			}
			if strings.Trim(u.Path, "/") == "" {
				return bad("it has no path")
			}
		case "file":
			if u.Host != "" || !filepath.IsAbs(u.Path) {
				return bad("want file:///path")
			}
		default:
			return bad("the scheme " + scheme + " is not one of https, ssh, git, file")
		}
		return Repository{Address: s}, nil
	}
	if strings.Contains(s, "::") {
		return bad("git helper programs are not allowed")
	}
	if scpForm.MatchString(s) && !strings.ContainsFunc(s, unicode.IsControl) {
		return Repository{Address: s}, nil
	}
	return bad("it is neither a URL nor an absolute folder")
}

// RedactAddress returns the address without its password or token, for
// people, logs and records. Of a text that is no address it leaves out all
// that may have been meant as a password.
func RedactAddress(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		at := strings.LastIndex(s, "@")
		if at < 0 || filepath.IsAbs(s) || scpForm.MatchString(s) || !strings.Contains(s[:at], ":") {
			return s
		}
		return s[at+1:]
	}
	authority, _, _ := strings.Cut(rest, "/")
	at := strings.LastIndex(authority, "@")
	if _, err := url.Parse(s); err != nil {
		at = strings.LastIndex(rest, "@") // a password with a / in it, say
	}
	if at < 0 || scheme == "ssh" && !strings.Contains(rest[:at], ":") {
		return s // ssh://git@host: the user is part of the address
	}
	return scheme + "://" + rest[at+1:]
}

// ValidateRef checks a branch, tag or commit by git's rules for names
// (git-check-ref-format), so that it can never be an option or a range.
func ValidateRef(s string) error {
	bad := len(s) > 255 || !utf8.ValidString(s) || !refChars.MatchString(s) || strings.HasPrefix(s, "-") ||
		strings.HasSuffix(s, ".") || strings.Contains(s, "..") || strings.Contains(s, "@{") || s == "@"
	for part := range strings.SplitSeq(s, "/") {
		bad = bad || part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock")
	}
	if bad {
		return E(KindUsage, "give a branch, a tag or a commit", fmt.Errorf("%q is not a name for a branch", s))
	}
	return nil
}
