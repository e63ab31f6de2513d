package git

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// causes maps what git and ssh say to what a person can do. First match wins;
// the texts are git's own in LC_ALL=C, stable since 2.20.
var causes = []struct{ says, means, hint string }{
	{"could not resolve host", "the host's name is not known", "check the address and the network"},
	{"name or service not known", "the host's name is not known", "check the address and the network"},
	{"connection refused", "the host refuses the connection", "check the address and the port"},
	{"connection timed out", "the host does not answer", "check the address and the network"},
	{"authorization error", "the login was refused", loginHint},
	{"authentication required", "it needs a login", loginHint},
	{"could not read username", "it needs a login, or does not exist", loginHint},
	{"authentication failed", "the login was refused", loginHint},
	{"requested url returned error: 403", "the login has no access to it", loginHint},
	{"permission denied (publickey", "the ssh key was refused", "add this workspace's public key to the repository's host"},
	{"host key verification failed", "the host's ssh key is not the one known", "remove the old key with ssh-keygen -R HOST if the host changed"},
	{"repository not found", "there is no such repository, or no access to it", "check the address, or log in"},
	{"not found", "there is no such repository, or no access to it", "check the address, or log in"},
	{"does not appear to be a git repository", "there is no git repository there", "check the path"},
	{"does not exist", "there is no git repository there", "check the path"},
	{"dubious ownership", "the folder belongs to another user", "git config --global --add safe.directory PATH"},
	{"no space left on device", "the disk is full", "free some space, then deploy again"},
}

// loginHint is what helps where a host wants to know who asks. Inside Coder
// GIT_ASKPASS is Coder's own program, which asks the deployment's external
// authentication; it was set for the daemon if it was for "slot up".
const loginHint = "log in for that host: in Coder link the account (coder external-auth access-token ID tells where), " +
	"elsewhere set GIT_ASKPASS or a credential helper; then slot down and slot up; or use an ssh address"

// explain turns the failure of reaching a repository into one line with a
// remedy. Errors of the context pass through.
func explain(err error, address string) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	where := slot.RedactAddress(address)
	text := strings.ToLower(f.stderr)
	for _, c := range causes {
		if strings.Contains(text, c.says) {
			return slot.E(slot.KindFailed, c.hint, fmt.Errorf("cannot reach %s: %s", where, c.means))
		}
	}
	return slot.E(slot.KindFailed, "try: git ls-remote "+where, fmt.Errorf("cannot reach %s: %v", where, f))
}
