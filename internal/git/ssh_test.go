package git

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

// sshHost is a real sshd of this user on a port of its own, and what its
// clients need.
type sshHost struct {
	dir     string
	address string // ssh://127.0.0.1:port
}

func newSSHHost(t *testing.T) *sshHost {
	t.Helper()
	sshd := need(t, "sshd", "/usr/sbin/sshd")
	need(t, "ssh")
	h := &sshHost{dir: t.TempDir()}
	for _, key := range []string{"host", "client", "stranger"} {
		out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", h.dir+"/"+key).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	write(t, h.dir+"/authorized", read(t, h.dir+"/client.pub"))
	if os.Getuid() == 0 {
		// A folder that sshd insists on when root runs it.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	h.address = fmt.Sprintf("ssh://127.0.0.1:%d", port)
	write(t, h.dir+"/sshd_config", fmt.Sprintf("ListenAddress 127.0.0.1:%d\nHostKey %s/host\nAuthorizedKeysFile %s/authorized\n"+
		"PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n",
		port, h.dir, h.dir))
	cmd := exec.Command(sshd, "-D", "-e", "-f", h.dir+"/sshd_config")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed: its output is all there
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for deadline := time.Now().Add(10 * time.Second); ; <-time.After(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.address, "ssh://"))
		if err == nil {
			conn.Close()
			return h
		}
		if time.Now().After(deadline) {
			t.Fatalf("sshd does not answer: %v", err)
		}
	}
}

// git is a Git whose ssh has that key and knows no host yet. ssh takes the
// home folder from the user's record, not from HOME, so settings of its own
// are given by a program in its place.
func (h *sshHost) git(t *testing.T, key string) *Git {
	t.Helper()
	bin := t.TempDir()
	write(t, bin+"/ssh", fmt.Sprintf("#!/bin/sh\nexec %s -F none -i %s/%s -o IdentitiesOnly=yes -o IdentityAgent=none -o UserKnownHostsFile=%s/known \"$@\"\n",
		need(t, "ssh"), h.dir, key, bin))
	if err := errors.Join(os.Chmod(bin+"/ssh", 0o755), os.Chmod(h.dir+"/"+key, 0o600)); err != nil {
		t.Fatal(err)
	}
	return New(append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "PATH="+bin+":"+os.Getenv("PATH")))
}

func TestSSH_FetchesByKeyWithoutQuestions(t *testing.T) {
	h := newSSHHost(t)
	lib, inLib := repository(t, map[string]string{"lib.js": "lib"})
	origin, run := repository(t, map[string]string{"f": "1", ".gitmodules": "[submodule \"lib\"]\n\tpath = lib\n\turl = ../../" +
		filepath.Base(filepath.Dir(lib)) + "/" + filepath.Base(lib) + "\n"})
	run("update-index", "--add", "--cacheinfo", "160000,"+inLib("rev-parse", "HEAD")+",lib")
	run("commit", "-qm", "Lib")
	g, mirrors := h.git(t, "client"), t.TempDir()
	address := h.address + origin
	c, err := g.Fetch(t.Context(), address, mirrors+"/app", "main")
	if err != nil || c.Hash != run("rev-parse", "HEAD") {
		t.Fatalf("got %+v, %v", c, err)
	}
	all, err := g.Submodules(t.Context(), address, mirrors+"/app", c.Hash)
	if err != nil || len(all) != 1 || !strings.HasPrefix(all[0].Address, h.address) {
		t.Fatalf("got %+v, %v", all, err)
	}
	if err := g.FetchSubmodule(t.Context(), all[0], mirrors+"/lib"); err != nil {
		t.Error(err)
	}
}

func TestSSH_SaysWhatIsWrong(t *testing.T) {
	h := newSSHHost(t)
	origin, _ := repository(t, map[string]string{"f": "1"})
	strange := h.git(t, "client")
	for _, kv := range strange.world.Load().env {
		if bin, is := strings.CutPrefix(kv, "PATH="); is {
			host := strings.Replace(strings.TrimPrefix(h.address, "ssh://"), "127.0.0.1:", "[127.0.0.1]:", 1)
			bin, _, _ = strings.Cut(bin, ":")
			write(t, bin+"/known", host+" "+read(t, h.dir+"/stranger.pub"))
		}
	}
	for _, tt := range []struct {
		name, address, text, hint string
		git                       *Git
	}{
		{"a key that nobody knows", h.address + origin, "the ssh key was refused", "public key", h.git(t, "stranger")},
		{"no repository", h.address + "/nowhere/app", "no git repository there", "path", h.git(t, "client")},
		{"another host than before", h.address + origin, "not the one known", "ssh-keygen -R", strange},
		{"nobody there", "ssh://127.0.0.1:1" + origin, "refuses the connection", "port", h.git(t, "client")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.git.Fetch(t.Context(), tt.address, filepath.Join(t.TempDir(), "m.git"), "")
			e := slot.AsError(err)
			if err == nil || !strings.Contains(e.Error(), tt.text) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("got %v, hint %q", err, e.Hint)
			}
		})
	}
}
