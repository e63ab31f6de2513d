package commands_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript types every command into the real program, against a real daemon
// on ports and a state folder of its own. A script starts with its folder as
// $HOME and ends with "slot down".
func TestScript(t *testing.T) {
	bin := buildSlot(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               func(env *testscript.Env) error { return setup(env, bin) },
		Cmds:                scriptCommands(),
		Condition:           scriptCondition,
	})
}

// buildSlot compiles the program once, with the race detector where the tests
// have it.
func buildSlot(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"build", "-o", filepath.Join(dir, "slot")}
	if raceEnabled {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "../cmd/slot")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build slot: %v\n%s", err, out)
	}
	return dir
}

// nextPorts hands out blocks of ports between the private range and Linux's
// ephemeral one.
var nextPorts atomic.Int32

func setup(env *testscript.Env, bin string) error {
	base := freePorts()
	home := filepath.Join(env.WorkDir, "home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	examples, err := filepath.Abs("../examples")
	if err != nil {
		return err
	}
	env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	env.Setenv("HOME", home)
	env.Setenv("SLOT_HOME", filepath.Join(home, ".slot"))
	env.Setenv("SLOT_BASE_PORT", strconv.Itoa(base))
	env.Setenv("SLOT_ADMIN_PORT", strconv.Itoa(base+5))
	env.Setenv("SLOT_WEBHOOK_PORT", strconv.Itoa(base+6))
	env.Setenv("ADMIN", fmt.Sprintf("http://127.0.0.1:%d", base+5))
	env.Setenv("WEBHOOK", fmt.Sprintf("http://127.0.0.1:%d", base+6))
	env.Setenv("EXAMPLES", examples)
	setupGitHub(env)
	if err := setupGo(env); err != nil {
		return err
	}
	setupRust(env)
	// A block of ports of which slot b's is taken by somebody else.
	taken := freePorts()
	other, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", taken+1))
	if err != nil {
		return err
	}
	env.Defer(func() { other.Close() })
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else each program with the race detector ends a second late
	env.Setenv("TAKEN", strconv.Itoa(taken))
	for i, name := range []string{"A", "B", "C", "D", "E"} {
		env.Setenv(name, fmt.Sprintf("http://127.0.0.1:%d", base+i))
	}
	// As this machine reaches the registries of packages.
	for _, name := range []string{"NODE_EXTRA_CA_CERTS", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"} {
		if v := os.Getenv(name); v != "" {
			env.Setenv(name, v)
		}
	}
	for k, v := range map[string]string{
		"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
		"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
	} {
		env.Setenv(k, v)
	}
	slotEnv := append([]string(nil), env.Vars...)
	env.Defer(func() { down(filepath.Join(bin, "slot"), slotEnv) })
	return nil
}

// down ends what a script started.
func down(slot string, env []string) {
	cmd := exec.Command(slot, "down")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "slot down after a script: %v %s\n", err, out)
	}
}

func freePorts() int {
	for {
		base := 30000 + (int(nextPorts.Add(1))+os.Getpid()%270)*10%2700
		free := true
		for p := base; p < base+10; p++ {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
			if err != nil {
				free = false
				break
			}
			l.Close()
		}
		if free {
			return base
		}
	}
}

// code N PROGRAM ARGS... wants that very exit code.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// http [STATUS] URL puts the body where "stdout" looks; the status is 200
// unless named. It asks as a browser does.
func get(ts *testscript.TestScript, neg bool, args []string) {
	want := 200
	if len(args) == 2 {
		n, err := strconv.Atoi(args[0])
		ts.Check(err)
		want, args = n, args[1:]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: http [status] url")
	}
	status, body, err := fetch(args[0])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), body)
	if status != want {
		ts.Fatalf("%s answered %d, want %d: %s", args[0], status, want, body)
	}
}

func fetch(url string) (int, string, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Accept", "text/html")
	res, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// repo DIR makes a git repository of a folder, or commits what changed in it.
func repo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: repo folder")
	}
	dir := ts.MkAbs(args[0])
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		ts.Check(ts.Exec("git", "-C", dir, "init", "-q", "-b", "main"))
	}
	ts.Check(ts.Exec("git", "-C", dir, "add", "-A"))
	ts.Check(ts.Exec("git", "-C", dir, "commit", "-q", "-m", "A change"))
}

// until PATTERN PROGRAM ARGS... runs the program, or the command http or
// github, until its output matches.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until pattern program args...")
	}
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	var out string
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); {
		if args[1] == "http" {
			_, out, err = fetch(args[2])
		} else if args[1] == "github" {
			out = gitHubHas(ts, args[2])
		} else {
			bin, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
			program := filepath.Join(bin, args[1])
			if args[1] != "slot" {
				program = args[1]
			}
			cmd := exec.Command(program, args[2:]...)
			cmd.Dir = ts.MkAbs(".")
			for _, name := range []string{"PATH", "HOME", "SLOT_HOME", "SLOT_BASE_PORT", "SLOT_ADMIN_PORT", "SLOT_WEBHOOK_PORT", "WORK"} {
				cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
			}
			b, _ := cmd.Output() // judged by what it says
			out = string(b)
		}
		if re.MatchString(out) {
			fmt.Fprint(ts.Stdout(), out)
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	ts.Fatalf("no match of %q in time; the last output was:\n%s %v", args[0], out, err)
}

// signal NAME PATTERN ends the process whose pid is the first group of the
// pattern in the last output.
func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: signal name pattern")
	}
	sig := map[string]syscall.Signal{"KILL": syscall.SIGKILL, "HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}[args[0]]
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if sig == 0 || len(m) != 2 {
		ts.Fatalf("no pid found by %q", args[1])
	}
	pid, err := strconv.Atoi(strings.TrimSpace(m[1]))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, sig))
}

// strict PROGRAM... fails where a program is missing that SLOT_TEST_STRICT
// promises; a script goes on with [!exec:PROGRAM] skip.
func strict(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		if _, err := exec.LookPath(name); err != nil && os.Getenv("SLOT_TEST_STRICT") == "1" {
			ts.Fatalf("%s is missing", name)
		}
	}
}

// tmpfs DIR SIZE mounts a small file system, which ends with the script; so
// does the daemon whose state folder is in it.
func tmpfs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tmpfs folder size")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+args[1]))
	ts.Defer(func() {
		bin, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
		down(filepath.Join(bin, "slot"), []string{"SLOT_HOME=" + ts.Getenv("SLOT_HOME"), "HOME=" + ts.Getenv("HOME")})
		_ = syscall.Unmount(dir, syscall.MNT_DETACH) // goes with the machine otherwise
	})
}
