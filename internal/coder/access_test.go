package coder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// login makes a folder as "coder login" leaves it.
func login(t *testing.T, server, token string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"url": server, "session": token} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindAccess(t *testing.T) {
	dir := login(t, "https://coder.example.com/", "from-file")
	for name, c := range map[string]struct {
		flags coder.Flags
		env   []string
		want  coder.Access
	}{
		"from a login, outside": {
			coder.Flags{Workspace: "ada/ws"}, []string{"CODER_CONFIG_DIR=" + dir},
			coder.Access{Server: "https://coder.example.com", ServerFrom: dir + "/url", Token: "from-file", TokenFrom: dir + "/session", Owner: "ada", Workspace: "ws", WorkspaceFrom: "--workspace"},
		},
		"from a login, inside": {
			coder.Flags{}, []string{"CODER_CONFIG_DIR=" + dir, "CODER_AGENT_URL=https://other", "CODER_WORKSPACE_NAME=ws", "CODER_WORKSPACE_OWNER_NAME=ada"},
			coder.Access{Server: "https://coder.example.com", ServerFrom: dir + "/url", Token: "from-file", TokenFrom: dir + "/session", Owner: "ada", Workspace: "ws", WorkspaceFrom: "CODER_WORKSPACE_NAME"},
		},
		"variables win": {
			coder.Flags{}, []string{"CODER_CONFIG_DIR=" + dir, "CODER_URL=http://x:1", "CODER_SESSION_TOKEN=t", "CODER_WORKSPACE_NAME=ws"},
			coder.Access{Server: "http://x:1", ServerFrom: "CODER_URL", Token: "t", TokenFrom: "CODER_SESSION_TOKEN", Owner: "me", Workspace: "ws", WorkspaceFrom: "CODER_WORKSPACE_NAME"},
		},
		"flags win over all": {
			coder.Flags{Server: "http://y/", Workspace: "other"}, []string{"CODER_CONFIG_DIR=" + dir, "CODER_URL=http://x:1", "CODER_SESSION_TOKEN=t", "CODER_WORKSPACE_NAME=ws"},
			coder.Access{Server: "http://y", ServerFrom: "--coder-url", Token: "t", TokenFrom: "CODER_SESSION_TOKEN", Owner: "me", Workspace: "other", WorkspaceFrom: "--workspace"},
		},
		"the agent's server, a token of the template's": {
			coder.Flags{}, []string{"CODER_CONFIG_DIR=/none", "CODER_AGENT_URL=http://x:1/", "CODER_SESSION_TOKEN=t", "CODER_WORKSPACE_NAME=ws", "CODER_WORKSPACE_OWNER_NAME=ada"},
			coder.Access{Server: "http://x:1", ServerFrom: "CODER_AGENT_URL", Token: "t", TokenFrom: "CODER_SESSION_TOKEN", Owner: "ada", Workspace: "ws", WorkspaceFrom: "CODER_WORKSPACE_NAME"},
		},
	} {
		got, err := coder.FindAccess(c.flags, env(c.env...))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestFindAccess_SaysWhatIsMissing(t *testing.T) {
	dir := login(t, "https://coder.example.com", "a-secret")
	noSession := login(t, "https://coder.example.com", "")
	for name, c := range map[string]struct {
		flags coder.Flags
		env   []string
		want  string
	}{
		"all":           {coder.Flags{}, []string{"HOME=/none"}, "no Coder server: none of --coder-url, CODER_URL, /none/.config/coderv2/url and CODER_AGENT_URL is there"},
		"XDG":           {coder.Flags{}, []string{"HOME=/none", "XDG_CONFIG_HOME=/xdg"}, "/xdg/coderv2/url"},
		"the token":     {coder.Flags{Workspace: "ws"}, []string{"CODER_CONFIG_DIR=" + noSession}, "no token for https://coder.example.com"},
		"its own token": {coder.Flags{Server: "https://evil.example.com", Workspace: "ws"}, []string{"CODER_CONFIG_DIR=" + dir}, `is for "https://coder.example.com", not for https://evil.example.com (from --coder-url)`},
		"the workspace": {coder.Flags{}, []string{"CODER_CONFIG_DIR=" + dir}, "which workspace?"},
		"a whole name":  {coder.Flags{Workspace: "ada/"}, []string{"CODER_CONFIG_DIR=" + dir}, `--workspace is "ada/"`},
		"one name":      {coder.Flags{Workspace: "a/b/c"}, []string{"CODER_CONFIG_DIR=" + dir}, `--workspace is "a/b/c"`},
	} {
		_, err := coder.FindAccess(c.flags, env(c.env...))
		e := slot.AsError(err)
		if e == nil || !strings.Contains(e.Error(), c.want) || strings.Contains(e.Error()+e.Hint, "a-secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
