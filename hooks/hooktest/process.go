package hooktest

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/slot-paas/slot/hooks"
)

// process is a hook that was started without slot.
type process struct {
	cmd    *exec.Cmd
	client *hooks.Client
}

// start starts the program and reads its handshake: six fields between bars,
// of which the fourth is the socket (go-plugin, docs/internals.md).
func start(t *testing.T, program string) *process {
	t.Helper()
	shake := hooks.Handshake()
	sockets, err := os.MkdirTemp("", "hooktest-")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), shake.MagicCookieKey+"="+shake.MagicCookieValue, serveEnv+"=1",
		"PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR="+sockets)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		_ = os.RemoveAll(sockets)
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	fields := strings.Split(strings.TrimSpace(line), "|")
	if err != nil || len(fields) < 5 || fields[2] != "unix" || fields[4] != "grpc" {
		t.Fatalf("the first line on standard output is not go-plugin's handshake over gRPC: %q, %v", line, err)
	}
	connection, err := grpc.NewClient("unix:"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return &process{cmd, hooks.NewClient(connection)}
}

// terminate sends TERM to the group and waits for the hook's end, which it
// reports the time of.
func (p *process) terminate(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	kill := time.AfterFunc(20*time.Second, func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	defer kill.Stop()
	_, _ = p.cmd.Process.Wait()
	return time.Since(began)
}

// group returns the commands of the hook's process group that run; the dying
// get a moment.
func (p *process) group() []string {
	deadline := time.Now().Add(2 * time.Second)
	for {
		var left []string
		stats, _ := filepath.Glob("/proc/[0-9]*/stat")
		for _, name := range stats {
			data, _ := os.ReadFile(name)
			head, tail, _ := strings.Cut(string(data), ") ")
			fields := strings.Fields(tail) // state, parent, group
			if len(fields) > 2 && fields[0] != "Z" && fields[2] == fmt.Sprint(p.cmd.Process.Pid) {
				left = append(left, head+")")
			}
		}
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// copyApp copies a fixture, since building writes into an app.
func copyApp(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "app")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// snapshot returns the names, modes, times and hashes of all files.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var data []byte
		if info.Mode().IsRegular() {
			if data, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		files[path] = fmt.Sprintf("%v %v %x", info.Mode(), info.ModTime(), sha256.Sum256(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
