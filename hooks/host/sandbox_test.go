package host_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// newSandboxed is newHost with hooks in a sandbox, which closes the host's
// folder and what lies beside it.
func newSandboxed(t *testing.T, odd string) (h *host.Host, dir, closed string) {
	t.Helper()
	if kernel := sandbox.Kernel(); !kernel.Files {
		t.Skip(kernel.Reason) // no program mends that
	}
	_, dir = newHost(t, odd)
	closed = t.TempDir()
	if err := os.WriteFile(filepath.Join(closed, "key"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options(dir)
	o.Sandbox = func(slot.Name) *sandbox.Policy {
		return sandbox.Machine{Path: os.Getenv("PATH"), Files: []string{o.SelfExe}, Protect: []string{dir, closed}}.Build(false)
	}
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h, dir, closed
}

func TestBuild_WritesOnlyWhatTheContractSays(t *testing.T) {
	t.Parallel()
	h, dir, closed := newSandboxed(t, "curious")
	r := request(dir, "curious")
	r.App.Env = map[string]string{"CLOSED": closed}
	result, lines, err := build(t, h, r)
	var got []string
	for _, line := range lines {
		if text, ok := strings.CutPrefix(line, "hook: write "); ok {
			got = append(got, text)
		}
	}
	if want := []string{"ok", "ok", "ok", "ok", "ok", "ok", "permission denied"}; !slices.Equal(got, want) {
		t.Errorf("writing: %q, want %q", got, want)
	}
	if err == nil || !slices.ContainsFunc(result.Diagnostics, func(d slot.Diagnostic) bool {
		return d.Code == "sandbox.denied" && strings.Contains(d.Summary, "read \""+closed+"/key\"") && strings.Contains(d.Hint, "a.sandbox=off")
	}) {
		t.Errorf("%v, %+v", err, result.Diagnostics)
	}
}

func TestDetect_CannotWrite(t *testing.T) {
	t.Parallel()
	h, dir, _ := newSandboxed(t, "curious")
	all, err := h.DetectAll(t.Context(), request(dir, "").App, "")
	if err == nil {
		t.Error("it matched")
	}
	i := slices.IndexFunc(all, func(d host.Detection) bool { return d.Hook == "curious" })
	if i < 0 || !slices.Equal(all[i].Evidence, []string{"permission denied"}) {
		t.Errorf("%+v", all)
	}
}

// A hook's socket lies open to all processes of the user; it answers its host
// alone.
func TestBuild_ItsSocketRefusesStrangers(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "blocks")
	ctx, cancel := context.WithCancel(t.Context())
	begun, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = h.Build(ctx, request(dir, "blocks"), func(e slot.Event) { // canceled below
			if e.Line != nil && strings.HasPrefix(e.Line.Text, "pid ") {
				select {
				case <-begun:
				default:
					close(begun)
				}
			}
		})
	}()
	defer func() { cancel(); <-ended }()
	<-begun
	var sockets []string
	for _, pattern := range []string{dir + "/run", "/tmp/slot-hooks-*"} {
		roots, _ := filepath.Glob(pattern)
		for _, root := range roots {
			_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.Type() == fs.ModeSocket {
					sockets = append(sockets, path)
				}
				return nil
			})
		}
	}
	refused := 0
	for _, path := range sockets {
		said, err := exec.Command("python3", "-c", stranger, path).CombinedOutput()
		if err != nil {
			continue // another test's that is gone
		}
		if string(said) == "closed" {
			refused++
		} else {
			t.Errorf("%s answers a stranger: %s", path, said)
		}
	}
	if refused == 0 {
		t.Errorf("none of the sockets refused: %q", sockets)
	}
}

// stranger begins to speak HTTP/2 as a process of its own: a server that takes it
// for a client sends its settings at once.
const stranger = `
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect(sys.argv[1])
try:
    s.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    said = s.recv(9)
except (BrokenPipeError, ConnectionResetError):
    said = b""
print(said.hex() or "closed", end="")
`

// A slot that shares no downloads cannot write to those of the others: the
// curious hook leaves a mark in every folder that the contract gives it.
func TestBuild_ASlotApartTouchesNoSharedStore(t *testing.T) {
	t.Parallel()
	_, dir, closed := newSandboxed(t, "curious")
	o := options(dir)
	o.Sandbox = func(slot.Name) *sandbox.Policy {
		return sandbox.Machine{Path: os.Getenv("PATH"), Files: []string{o.SelfExe}, Protect: []string{dir, closed}}.Build(true)
	}
	o.Apart = func(n slot.Name) bool { return n == "a" }
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	for _, n := range []slot.Name{"a", "b"} {
		r := request(dir, "curious")
		r.App.Slot, r.App.Env = n, map[string]string{"CLOSED": dir + "/cache/shared/curious"}
		_, _, _ = build(t, h, r) // it fails at the end: what it wrote counts
		marked := there(dir + "/cache/shared/curious/mark")
		if want := n == "b"; marked != want {
			t.Errorf("a build of slot %s wrote to the shared store: %t, want %t", n, marked, want)
		}
	}
	if !there(dir + "/cache/slots/a/curious.apart/mark") {
		t.Error("the slot has no store of its own")
	}
}
