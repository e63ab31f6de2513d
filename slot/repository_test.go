package slot_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/slot-paas/slot/slot"
)

func TestParseRepository_TakesAddressesAndFolders(t *testing.T) {
	for _, tt := range []struct {
		name, in, address string
		local             bool
	}{
		{"https", "https://github.com/you/app", "https://github.com/you/app", false},
		{"https with a port and a token", "https://x:tok@h:8443/a.git", "https://x:tok@h:8443/a.git", false},
		{"http", "http://127.0.0.1:3000/a/b", "http://127.0.0.1:3000/a/b", false},
		{"ssh", "ssh://git@h:22/a.git", "ssh://git@h:22/a.git", false},
		{"git", "git://h/a", "git://h/a", false},
		{"the scp form", "git@github.com:you/app.git", "git@github.com:you/app.git", false},
		{"a file", "file:///srv/git/a.git", "file:///srv/git/a.git", false},
		{"a folder", "/srv/app", "/srv/app", true},
		{"a folder is cleaned", "/srv//x/../app/", "/srv/app", true},
		{"a folder with a space", "/srv/my app", "/srv/my app", true},
		{"a folder with colons", "/srv/a::b", "/srv/a::b", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := slot.ParseRepository(tt.in)
			if err != nil || got.Address != tt.address || got.Local != tt.local {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestParseRepository_RefusesWhatGitCouldMisread(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"nothing", ""},
		{"an option", "--upload-pack=touch /tmp/x"},
		{"an option with an address", "-oProxyCommand=x@h:p"},
		{"a helper program", "ext::sh -c id"},
		{"a helper program without a space", "ext::id"},
		{"another helper", "fd::17/foo"},
		{"a helper behind a user", "git@h::x"},
		{"an unknown scheme", "javascript://h/x"},
		{"upper case of a scheme", "HTTPS://h/x"},
		{"no host", "https:///x"},
		{"no path", "https://github.com"},
		{"a host that is an option", "ssh://-oProxyCommand=x/p"},
		{"a user that is an option", "ssh://-oProxyCommand=x@h/p"},
		{"an escaped user that is an option", "ssh://%2doProxyCommand=x@h/p"},
		{"an scp host that is an option", "git@-oX:p"},
		{"an scp path that is an option", "git@h:-p"},
		{"a line break", "https://h/a\nhelper"},
		{"an escaped line break", "https://h/a%0ahelper"},
		{"a terminal's escape", "git@h:\x1b[2Jp"},
		{"a NUL", "/srv/a\x00b"},
		{"a folder with a line break", "/srv/a\nb"},
		{"a file on another host", "file://h/a"},
		{"a relative folder", "./app"},
		{"a word", "app"},
		{"text that is not UTF-8", "/srv/\xff"},
		{"a very long address", "https://h/" + strings.Repeat("a", 3000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := slot.ParseRepository(tt.in)
			if err == nil {
				t.Fatalf("taken as %+v", got)
			}
			if slot.AsError(err).Kind != slot.KindUsage || strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestParseRepository_HidesCredentialsInItsErrors(t *testing.T) {
	for _, in := range []string{
		"https://me:hunter2@h", "https://me:hunter2@h/a b", "ftp://me:hunter2@h/a", "me:hunter2@h/a",
		"https://me:hun/hunter2@h/a", "https:/me:hunter2@h/a",
	} {
		_, err := slot.ParseRepository(in)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestRedactAddress_LeavesOutWhatIsSecret(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"no credentials", "https://h/a", "https://h/a"},
		{"user and password", "https://u:p@h:1/a", "https://h:1/a"},
		{"a token alone", "https://ghp_x@h/a", "https://h/a"},
		{"an ssh user is no secret", "ssh://git@h/a", "ssh://git@h/a"},
		{"an ssh password is", "ssh://git:p@h/a", "ssh://h/a"},
		{"the scp form", "git@h:a", "git@h:a"},
		{"an @ in the path", "https://h/@scope/a", "https://h/@scope/a"},
		{"a folder", "/srv/a:b@c", "/srv/a:b@c"},
		{"a password with a slash", "https://u:p/w@h/a", "https://h/a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := slot.RedactAddress(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestValidateRef(t *testing.T) {
	for _, tt := range []struct {
		name, ref string
		ok        bool
	}{
		{"a branch", "main", true},
		{"a branch with a slash", "feature/one.two", true},
		{"a tag", "v1.2.3", true},
		{"a commit", "3f9c2e1a", true},
		{"a full name", "refs/heads/main", true},
		{"other letters", "größe", true},
		{"nothing", "", false},
		{"an option", "--upload-pack=x", false},
		{"a range", "a..b", false},
		{"an ancestor", "main~1", false},
		{"a parent", "main^", false},
		{"a refspec", "a:b", false},
		{"a pattern", "a*", false},
		{"a reflog entry", "main@{1}", false},
		{"the head's other name", "@", false},
		{"a space", "a b", false},
		{"a line break", "a\nb", false},
		{"a backslash", `a\b`, false},
		{"a lock file", "a.lock", false},
		{"a lock file in the middle", "a.lock/b", false},
		{"a hidden part", "a/.b", false},
		{"an empty part", "a//b", false},
		{"a slash at an end", "/a", false},
		{"a slash at the other end", "a/", false},
		{"a dot at the end", "a.", false},
		{"text that is not UTF-8", "a\xff", false},
		{"256 bytes", strings.Repeat("a", 256), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := slot.ValidateRef(tt.ref)
			if (err == nil) != tt.ok || err != nil && slot.AsError(err).Kind != slot.KindUsage {
				t.Errorf("%q: %v", tt.ref, err)
			}
		})
	}
}

// helper is how git recognises a helper program: remote.<name> of transport.c.
var helper = regexp.MustCompile(`^[A-Za-z0-9+.-]*::`)

func FuzzParseRepository(f *testing.F) {
	for _, s := range []string{
		"https://github.com/you/app", "git@h:p", "/srv/app", "file:///a", "ext::sh", "-x", "ssh://-oX@h/p",
		"https://u:p@h/a", "git@h::x", "https://h/a%00", "a@b:c@d", "https://[::1]/a", "x:y@z",
	} {
		f.Add(s, "user", "pass/word")
	}
	f.Fuzz(func(t *testing.T, s, user, password string) {
		_ = slot.RedactAddress(s)
		if r, err := slot.ParseRepository(s); err == nil {
			if strings.HasPrefix(r.Address, "-") || helper.MatchString(r.Address) || strings.ContainsAny(r.Address, "\x00\n\r") {
				t.Errorf("%q was taken as %q", s, r.Address)
			}
			if r.Local != strings.HasPrefix(r.Address, "/") {
				t.Errorf("%q is local: %v", s, r.Local)
			}
		}
		u := url.URL{Scheme: "https", User: url.UserPassword(user, password), Host: "h.example", Path: "/a"}
		if got := slot.RedactAddress(u.String()); got != "https://h.example/a" {
			t.Errorf("%q was redacted to %q", u.String(), got)
		}
	})
}

func FuzzValidateRef(f *testing.F) {
	for _, s := range []string{"main", "a/b", "-x", "a..b", "a.lock", "@", "a@{1}", "\x7f", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if slot.ValidateRef(s) != nil {
			return
		}
		if s == "" || s[0] == '-' || strings.ContainsAny(s, " ~^:?*[\\\x00\n") || strings.Contains(s, "..") {
			t.Errorf("%q is a ref", s)
		}
	})
}
