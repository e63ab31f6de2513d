package coder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Access is how a server is reached and for which workspace, and where each
// part was found, for people. Print the parts with "From", never Token.
type Access struct {
	Server, ServerFrom string
	Token, TokenFrom   string
	Owner, Workspace   string // owner "me" is whom the token belongs to
	WorkspaceFrom      string
}

// TokenVariable has the token of a session.
const TokenVariable = "CODER_SESSION_TOKEN"

// Flags are the parts that a command line gives; empty ones are looked for.
type Flags struct {
	Server    string
	Workspace string // name or owner/name
}

// FindAccess looks for server, token and workspace: in the flags, the
// CODER_* variables, the folder where "coder login" keeps them, and in what
// the workspace's agent tells. The error says what is missing. A token that
// belongs to another server is never used.
func FindAccess(f Flags, getenv func(string) string) (Access, error) {
	a := Access{Token: getenv(TokenVariable), TokenFrom: TokenVariable}
	dir := configDir(getenv)
	server, err := readConfig(dir, "url")
	if err != nil {
		return a, err
	}
	switch {
	case f.Server != "":
		a.Server, a.ServerFrom = f.Server, "--coder-url"
	case getenv("CODER_URL") != "":
		a.Server, a.ServerFrom = getenv("CODER_URL"), "CODER_URL"
	case server != "":
		a.Server, a.ServerFrom = server, filepath.Join(dir, "url")
	case getenv("CODER_AGENT_URL") != "":
		a.Server, a.ServerFrom = getenv("CODER_AGENT_URL"), "CODER_AGENT_URL"
	default:
		return a, slot.E(slot.KindUsage, "coder login https://coder.example.com, or set CODER_URL and CODER_SESSION_TOKEN",
			fmt.Errorf("no Coder server: none of --coder-url, CODER_URL, %s and CODER_AGENT_URL is there", filepath.Join(dir, "url")))
	}
	a.Server = strings.TrimRight(a.Server, "/")
	if a.Token == "" {
		if a.Token, err = a.login(dir, server); err != nil {
			return a, err
		}
		a.TokenFrom = filepath.Join(dir, "session")
	}
	return a, a.findWorkspace(f.Workspace, getenv)
}

// login returns the token that "coder login" kept, if it is for this server.
func (a *Access) login(dir, server string) (string, error) {
	token, err := readConfig(dir, "session")
	if err != nil {
		return "", err
	}
	hint := "coder login " + a.Server + ", or set CODER_SESSION_TOKEN"
	if token == "" {
		return "", slot.E(slot.KindRefused, hint, fmt.Errorf("no token for %s (from %s): neither CODER_SESSION_TOKEN nor %s is there",
			a.Server, a.ServerFrom, filepath.Join(dir, "session")))
	}
	if server = strings.TrimRight(server, "/"); server != a.Server {
		return "", slot.E(slot.KindRefused, hint, fmt.Errorf("the login in %s is for %q, not for %s (from %s)", dir, server, a.Server, a.ServerFrom))
	}
	return token, nil
}

func (a *Access) findWorkspace(flag string, getenv func(string) string) error {
	switch owner, name, both := strings.Cut(flag, "/"); {
	case both:
		a.Owner, a.Workspace, a.WorkspaceFrom = owner, name, "--workspace"
	case flag != "":
		a.Owner, a.Workspace, a.WorkspaceFrom = "me", flag, "--workspace"
	case getenv("CODER_WORKSPACE_NAME") != "":
		a.Owner, a.Workspace, a.WorkspaceFrom = getenv("CODER_WORKSPACE_OWNER_NAME"), getenv("CODER_WORKSPACE_NAME"), "CODER_WORKSPACE_NAME"
		if a.Owner == "" {
			a.Owner = "me"
		}
	default:
		return slot.E(slot.KindUsage, "give --workspace owner/name; coder list shows them",
			errors.New("which workspace? this is not inside one, and --workspace is not given"))
	}
	if a.Owner == "" || a.Workspace == "" || strings.Contains(a.Workspace, "/") {
		return slot.E(slot.KindUsage, "", fmt.Errorf("--workspace is %q; want name or owner/name", flag))
	}
	return nil
}

// configDir is where "coder login" writes.
func configDir(getenv func(string) string) string {
	if dir := getenv("CODER_CONFIG_DIR"); dir != "" {
		return dir
	}
	if dir := getenv("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "coderv2")
	}
	return filepath.Join(getenv("HOME"), ".config", "coderv2")
}

func readConfig(dir, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read Coder's login: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}
