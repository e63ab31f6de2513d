package slot

import (
	"net/url"
	"slices"
	"strings"
)

// DeploysOnPush reports whether a push of the slot's repository deploys it:
// what on_push says or, where it says nothing, whether the repository is one
// that is fetched. A folder's working tree is deployed by hand.
func (s SlotConfig) DeploysOnPush() bool {
	repo, err := ParseRepository(s.Repository)
	switch {
	case s.Repository == "" || err != nil:
		return false
	case s.Deployment.OnPush != nil:
		return *s.Deployment.OnPush
	}
	return !repo.Local
}

// publicHosts are those whose names say which repositories they have. Other
// hosts may have several names, in ~/.ssh/config say.
var publicHosts = []string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"}

// IsRepository reports whether an address is the repository that its host
// calls by a full name such as "owner/name". Spelling does not matter: upper
// or lower case, .git, https or ssh. host is that of the repository's page, ""
// where it is not known; it only counts where both are well-known ones.
func IsRepository(address, host, fullName string) bool {
	addressHost, path := splitAddress(address)
	full := trimName(fullName)
	if !strings.Contains(full, "/") || path != full && !strings.HasSuffix(path, "/"+full) {
		return false
	}
	addressHost, host = strings.ToLower(addressHost), strings.ToLower(host)
	return addressHost == host || !slices.Contains(publicHosts, addressHost) || !slices.Contains(publicHosts, host)
}

// splitAddress returns the host of a repository's address, without a port, and
// its path in lower case.
func splitAddress(address string) (host, path string) {
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil {
			return "", ""
		}
		return u.Hostname(), trimName(u.Path)
	}
	if !strings.HasPrefix(address, "/") {
		if user, rest, ok := strings.Cut(address, ":"); ok { // git@host:owner/name
			return user[strings.LastIndex(user, "@")+1:], trimName(rest)
		}
	}
	return "", trimName(address)
}

func trimName(path string) string {
	path = strings.TrimRight(strings.TrimLeft(path, "/"), "/")
	return strings.TrimSuffix(strings.ToLower(path), ".git")
}

// NameOn returns the full name of a repository on a host of GitHub's kind, such
// as "github.com", "" where the address is another's.
func NameOn(host, address string) string {
	_, path := splitAddress(address)
	if RepositoryHost(address) != strings.ToLower(host) || strings.Count(path, "/") != 1 {
		return ""
	}
	return path
}

// RepositoryHost returns the host of a repository's address in lower case,
// without a port; "" for a folder. Other names of github.com are github.com.
func RepositoryHost(address string) string {
	host, _ := splitAddress(address)
	switch host = strings.ToLower(host); host {
	case "www.github.com", "ssh.github.com":
		return "github.com"
	}
	return host
}

// FullName returns the name that a host calls the repository at an address by:
// the last two parts of its path.
func FullName(address string) string {
	_, path := splitAddress(address)
	parts := strings.Split(path, "/")
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}
