package commands_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/internal/coderlab"
)

// coderBench is a real Coder with a workspace of alice's, and slot on a
// laptop beside it.
type coderBench struct {
	lab  *coderlab.Lab
	ws   *coderlab.Workspace
	bin  string     // folder of slot and slot-coder
	home string     // SLOT_HOME of the laptop
	all  testing.TB // the test with all parts
}

// TestCoder types the commands that speak with Coder against a real server.
// The parts build on each other.
func TestCoder(t *testing.T) {
	lab := coderlab.Start(t)
	b := &coderBench{all: t, lab: lab, bin: buildPrograms(t), home: filepath.Join(t.TempDir(), "state")}
	lab.Template(t, "slot", coderlab.LocalTemplate(), lab.Variables(t, b.bin))
	b.ws = lab.User(t, "alice").Workspace(t, "slot", "ws", nil)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *coderBench)
	}{
		{"what there is", coderList},
		{"refused before anything is sent", coderRefusals},
		{"access", coderAccess},
		{"a change", coderChange},
		{"the app comes back", coderApp},
		{"from inside", coderInside},
		{"slot doctor", coderDoctor},
		{"slot setup", coderSetup},
		{"a token that is revoked in mid build", coderToken},
		{"a build that runs", coderBusy},
		{"a build that fails", coderFailed},
		{"a stopped workspace", coderStopped},
		{"a server that goes away", coderLost},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.run(t, b) }) {
			t.FailNow()
		}
	}
}

// buildPrograms compiles slot and slot-coder beside each other.
func buildPrograms(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "../cmd/slot", "../cmd/slot-coder").CombinedOutput(); err != nil {
		t.Fatalf("cannot build slot: %v\n%s", err, out)
	}
	return dir
}

type typed struct {
	out, errs string
	code      int
}

// typeAs runs slot on the laptop as somebody.
func (b *coderBench) typeAs(t *testing.T, who *coderlab.User, args ...string) typed {
	t.Helper()
	return b.typeIn(t, who.Env(), args...)
}

func (b *coderBench) typeIn(t *testing.T, env []string, args ...string) (r typed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(b.bin, "slot"), args...)
	cmd.Env = append(env, "SLOT_HOME="+b.home)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.WaitDelay = &out, &errs, t.TempDir(), time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r = typed{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
	if strings.Contains(r.out+r.errs, b.ws.Owner.Token) {
		t.Errorf("slot %s printed a token", strings.Join(args, " "))
	}
	return r
}

// slot runs it as alice, for her workspace, and wants an exit code.
func (b *coderBench) slot(t *testing.T, code int, args ...string) typed {
	t.Helper()
	r := b.typeAs(t, b.ws.Owner, append(args, "--workspace", "alice/ws")...)
	if r.code != code {
		t.Fatalf("slot %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), r.code, code, r.out, r.errs)
	}
	return r
}

func (r typed) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.out+r.errs, w) {
			t.Errorf("%q is not in\n%s%s", w, r.out, r.errs)
		}
	}
}

func coderList(t *testing.T, b *coderBench) {
	r := b.slot(t, 0, "params")
	r.says(t, "workspace alice/ws (--workspace) on "+b.lab.URL()+" (CODER_URL), token from CODER_SESSION_TOKEN",
		"SLOT_A_SUBDOMAIN\ta\ta\tyes\ta subdomain\thttp://"+b.ws.Host("a"),
		"DISK_GB\t10\t10\tno\t1 to 100\t-", "SLOT_SHARE\towner\towner\tyes\towner, authenticated, public\t-")
	var list struct {
		Workspace  string
		Parameters []struct {
			coder.Parameter
			Address string
		}
	}
	if err := json.Unmarshal([]byte(b.slot(t, 0, "params", "list", "--json").out), &list); err != nil || list.Workspace != "alice/ws" || len(list.Parameters) != 9 {
		t.Errorf("%v: %+v", err, list)
	}
	r = b.typeAs(t, b.ws.Owner, "__complete", "params", "set", "--workspace", "ws", "SLOT_SHARE=")
	r.says(t, "SLOT_SHARE=public\tEverybody")
	r = b.typeAs(t, b.ws.Owner, "__complete", "params", "set", "--workspace", "ws", "")
	r.says(t, "SLOT_A_SUBDOMAIN=\ta")
	if strings.Contains(r.out, "DISK_GB") {
		t.Error("what cannot change is completed")
	}
}

func coderRefusals(t *testing.T, b *coderBench) {
	before := b.ws.Latest(t).Number
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"DISK_GB=20"}, "DISK_GB: it is \"10\" and was fixed"},
		{[]string{"NO_SUCH=1"}, `the template has no parameter "NO_SUCH"`},
		{[]string{"slot_a_subdomain=x"}, "did you mean SLOT_A_SUBDOMAIN?"},
		{[]string{"SLOT_A_SUBDOMAIN=Not Valid!"}, "capital letter"},
		{[]string{"SLOT_A_SUBDOMAIN=a--b"}, "two - in a row"},
		{[]string{"SLOT_A_SUBDOMAIN=2024"}, "looks like a port"},
		{[]string{"SLOT_A_SUBDOMAIN=" + strings.Repeat("a", 31)}, "at most 30 of them"},
		{[]string{"SLOT_A_SUBDOMAIN=" + strings.Repeat("a", 60)}, "63 are possible, so 52 for the subdomain"},
		{[]string{"SLOT_A_SUBDOMAIN=b"}, "what SLOT_A_SUBDOMAIN has"},
		{[]string{"SLOT_A_SUBDOMAIN=admin"}, `what the app "Admin" has`},
		{[]string{"SLOT_A_SUBDOMAIN=x", "SLOT_B_SUBDOMAIN=x"}, `"x" is what`},
		{[]string{"SLOT_SHARE=nobody"}, "want owner, authenticated, public"},
		{[]string{"FAIL_BUILD=maybe"}, "neither true nor false"},
		{[]string{"BUILD_SECONDS=soon"}, "not a number"},
		{[]string{"SLOT_A_SUBDOMAIN=fine", "SLOT_SHARE=nobody"}, "SLOT_SHARE"},
	} {
		b.slot(t, 2, append([]string{"params", "set", "--yes"}, c.args...)...).says(t, c.want)
	}
	b.slot(t, 2, "subdomain", "a", "My_Blog", "--yes").says(t, "SLOT_A_SUBDOMAIN")
	b.slot(t, 6, "subdomain", "f", "blog", "--yes")
	b.slot(t, 2, "params", "set", "SLOT_A_SUBDOMAIN=blog").says(t, "a → blog", "every app is away", "--yes agrees to it")
	b.slot(t, 0, "params", "set", "SLOT_A_SUBDOMAIN=blog", "--dry-run").says(t, "http://"+b.ws.Host("blog"), "nothing was changed")
	b.slot(t, 0, "params", "set", "SLOT_A_SUBDOMAIN=a", "--yes").says(t, "nothing to change")
	b.slot(t, 0, "params", "status").says(t, "no parameter was changed from here")
	if after := b.ws.Latest(t).Number; after != before {
		t.Errorf("a refusal made build %d", after)
	}
}

func coderAccess(t *testing.T, b *coderBench) {
	alice := b.ws.Owner
	b.typeAs(t, b.lab.User(t, "bob"), "params", "--workspace", "alice/ws").wants(t, 6, "there is none, or it is somebody else's")
	b.typeAs(t, b.lab.WithToken("aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb"), "params", "--workspace", "alice/ws").
		wants(t, 7, "the token is not valid", "(from CODER_SESSION_TOKEN)", "coder login "+b.lab.URL())
	b.typeAs(t, alice, "params").wants(t, 2, "which workspace?")
	b.typeAs(t, alice, "params", "--workspace", "ws", "--coder-url", "http://127.0.0.1:1").wants(t, 3, "no answer from http://127.0.0.1:1")

	// What "coder login" keeps is found, and goes to no other server.
	dir := t.TempDir()
	for name, text := range map[string]string{"url": b.lab.URL(), "session": alice.Token} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HOME=" + dir, "CODER_CONFIG_DIR=" + dir}
	b.typeIn(t, env, "params", "--workspace", "ws").wants(t, 0, "token from "+dir+"/session")
	b.typeIn(t, append(env, "CODER_URL=http://127.0.0.1:1"), "params", "--workspace", "ws").wants(t, 7, "not for http://127.0.0.1:1 (from CODER_URL)")
	b.typeIn(t, []string{"HOME=" + t.TempDir()}, "params").wants(t, 2, "no Coder server")
}

func (r typed) wants(t *testing.T, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", r.code, code, r.out, r.errs)
	}
	r.says(t, words...)
}
