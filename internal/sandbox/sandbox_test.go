package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a user with a home outside of /tmp.
func machine(t *testing.T) Machine {
	t.Helper()
	home := outside(t)
	return Machine{Home: home, Path: os.Getenv("PATH"), Protect: []string{filepath.Join(home, ".slot")}}
}

func TestApp_OpensOnlyItsOwn(t *testing.T) {
	s := needLandlock(t)
	m := machine(t)
	own, other := file(t, m.Home, ".slot/slots/a/artefacts/1/src/app.js"), file(t, m.Home, ".slot/slots/b/artefacts/1/src/app.js")
	key, token := file(t, m.Home, ".ssh/id_rsa"), file(t, m.Home, ".slot/secrets.json")
	login := file(t, m.Home, ".config/coderv2/session")
	note := file(t, m.Home, "note.txt")
	npmrc := file(t, m.Home, ".npmrc")
	tool := file(t, m.Home, ".nvm/versions/node/v22/bin/tool")
	p := m.App(false)
	p.Write = append(p.Write, filepath.Dir(own))
	attempts(t, p,
		attempt{"read " + own, "ok"}, attempt{"write " + own, "ok"}, attempt{"mkdir " + filepath.Dir(own) + "/new", "ok"},
		attempt{"read " + other, "EACCES"}, attempt{"list " + filepath.Dir(other), "EACCES"},
		attempt{"read " + key, "EACCES"}, attempt{"read " + token, "EACCES"}, attempt{"read " + login, "EACCES"},
		attempt{"read " + note, "EACCES"}, attempt{"read " + npmrc, "EACCES"}, attempt{"list " + m.Home, "EACCES"},
		attempt{"read /proc/self/root" + key, "EACCES"}, // the same by another way
		attempt{"read " + tool, "ok"}, attempt{"write " + tool, "EACCES"},
		attempt{"write " + m.Home + "/new", "EACCES"}, attempt{"remove " + note, "EACCES"},
		attempt{"link " + own + " " + m.Home + "/hard", "EACCES"}, attempt{"move " + key + " " + filepath.Dir(own) + "/key", "EACCES"},
		attempt{"read /etc/passwd", "ok"}, attempt{"read /proc/self/environ", "ok"}, attempt{"write /dev/null", "ok"},
		attempt{"run true", "ok"}, attempt{"privileges", "ok"}, attempt{"shield", "ok"},
		attempt{"write /proc/sys/kernel/core_pattern", "EACCES"},
	)
	truncated := "ok"
	if s.Truncate {
		truncated = "EACCES"
	}
	attempts(t, p, attempt{"truncate " + note, truncated}, attempt{"truncate " + own, "ok"})
	if os.Getuid() == 0 { // nobody else makes devices anyway
		attempts(t, p, attempt{"node " + filepath.Dir(own) + "/null", "EACCES"})
	}
}

func TestBuild_ReadsTheSettingsOfPackageManagers(t *testing.T) {
	needLandlock(t)
	m := machine(t)
	attempts(t, m.Build(false),
		attempt{"read " + file(t, m.Home, ".npmrc"), "ok"}, attempt{"read " + file(t, m.Home, ".m2/settings.xml"), "ok"},
		attempt{"read " + file(t, m.Home, ".config/pip/pip.conf"), "ok"},
		attempt{"read " + file(t, m.Home, ".netrc"), "EACCES"}, attempt{"read " + file(t, m.Home, ".config/git/credentials"), "EACCES"},
	)
}

func TestStrict_ClosesTheSharedFolders(t *testing.T) {
	needLandlock(t)
	m := machine(t)
	m.Home = "/nobody" // a home below /var/tmp closes that
	shared, err := os.MkdirTemp("/dev/shm", "sandbox-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(shared) })
	attempts(t, m.App(false), attempt{"mkdir " + t.TempDir() + "/new", "ok"}, attempt{"write " + shared + "/new", "ok"})
	attempts(t, m.App(true), attempt{"mkdir " + t.TempDir() + "/new", "EACCES"}, attempt{"write " + shared + "/more", "EACCES"}, attempt{"list /tmp", "EACCES"})
}

func TestProtect_HoldsBelowAFolderThatIsOpen(t *testing.T) {
	needLandlock(t)
	dir := outside(t)
	p := &Policy{Read: append(system(), dir), Write: []string{dir}, Devices: []string{"/dev/null"}, Protect: []string{filepath.Join(dir, "a/secret")}}
	attempts(t, p,
		attempt{"read " + file(t, dir, "a/open"), "ok"}, attempt{"read " + file(t, dir, "b/open"), "ok"},
		attempt{"read " + file(t, dir, "a/secret/key"), "EACCES"}, attempt{"list " + dir + "/a/secret", "EACCES"},
		attempt{"write " + dir + "/b/new", "EACCES"},
	)
	// What is named lies deeper than what is protected, and wins.
	p.Write = append(p.Write, filepath.Join(dir, "a/secret/mine"))
	attempts(t, p, attempt{"read " + file(t, dir, "a/secret/mine/key"), "ok"}, attempt{"read " + dir + "/a/secret/key", "EACCES"})
}

func TestBox_OpensWhatCameLater(t *testing.T) {
	needLandlock(t)
	dir := outside(t)
	p := &Policy{Read: system(), Devices: []string{"/dev/null"}, Protect: []string{filepath.Join(dir, "run"), filepath.Join(dir, "home/key")}}
	box, err := self(t, p).Prepare()
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	output, other := file(t, dir, "run/app.out"), file(t, dir, "run/other.out")
	key, note := file(t, dir, "home/key"), file(t, dir, "home/note")
	attemptsIn(t, box, attempt{"write " + output, "EACCES"})
	if err := box.Write(output, filepath.Dir(key), filepath.Join(dir, "missing")); err != nil {
		t.Fatal(err)
	}
	attemptsIn(t, box,
		attempt{"write " + output, "ok"}, attempt{"write " + other, "EACCES"}, attempt{"list " + dir + "/run", "EACCES"},
		attempt{"read " + key, "EACCES"}, attempt{"read " + note, "EACCES"}, // a folder above what is protected is no more open than before
	)
	none, err := (*Policy)(nil).Prepare()
	if err != nil || none.Write(output) != nil {
		t.Errorf("a nil Policy: %v, %v", err, none.Write(output))
	}
}

func TestStart_KeepsProcessesApart(t *testing.T) {
	s := needLandlock(t)
	// Another slot's process, in a sandbox of its own, and one of the user's.
	begin := func(p *Policy) int {
		cmd := exec.Command("sleep", "60")
		cmd.Env = []string{"SECRET=1"}
		if err := p.Start(cmd.Start); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		return cmd.Process.Pid
	}
	m := machine(t)
	slot, user := begin(m.App(false)), begin(nil)
	signal, abstract := "ok", "ok"
	if s.Signals {
		signal = "EPERM"
	}
	if s.Abstract {
		abstract = "EPERM"
	}
	name := fmt.Sprintf("@sandbox-test-%d", os.Getpid())
	l, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, pid := range []int{slot, user, os.Getpid()} {
		attempts(t, m.App(false),
			attempt{fmt.Sprintf("read /proc/%d/environ", pid), "EACCES"}, attempt{fmt.Sprintf("read /proc/%d/fd/0", pid), "EACCES"},
			attempt{fmt.Sprintf("list /proc/%d/root/", pid), "EACCES"},
			attempt{fmt.Sprintf("trace %d", pid), "EPERM"}, attempt{fmt.Sprintf("signal %d", pid), signal},
			attempt{"dial " + name, abstract},
		)
	}
}

func TestStart_RestrictsNobodyElse(t *testing.T) {
	needLandlock(t)
	key := file(t, outside(t), "key")
	p := machine(t).App(true)
	before := mainThread(t)
	errs := make(chan error)
	for range 8 {
		go func() {
			var err error
			for range 10 {
				err = errors.Join(err, p.Start(func() error {
					if _, err := os.ReadFile(key); !errors.Is(err, os.ErrPermission) {
						return fmt.Errorf("inside: %v", err)
					}
					return nil
				}))
				_, outside := os.ReadFile(key)
				err = errors.Join(err, outside)
			}
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if after := mainThread(t); after != before {
		t.Errorf("the main thread is restricted: %q, before %q", after, before)
	}
}

// mainThread is what the kernel says of its rights.
func mainThread(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/status", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	var rights []string
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "Cap") || strings.HasPrefix(line, "NoNewPrivs") {
			rights = append(rights, line)
		}
	}
	return strings.Join(rights, "")
}

func TestStart_TakesCapabilitiesFromRoot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root has any")
	}
	before := mainThread(t)
	attempts(t, machine(t).App(false), attempt{"admin", "ok"})
	if after := mainThread(t); after != before {
		t.Errorf("this program lost them too: %q, before %q", after, before)
	}
}

func TestPolicy_TakesAProgramThatWasReplaced(t *testing.T) {
	needLandlock(t)
	// /proc/self/exe leads to it, and its path to another or to none.
	if exe := os.Getenv("SANDBOX_TEST_DELETED"); exe != "" {
		if err := os.Remove(exe); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/proc/self/exe", "privileges")
		cmd.Env = []string{childVar + "=1"}
		p := machine(t).App(true)
		p.Read = append(p.Read, "/proc/self/exe")
		if err := p.Start(cmd.Run); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(outside(t), "program")
	if err := os.WriteFile(exe, b, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestPolicy_TakesAProgramThatWasReplaced$")
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_DELETED="+exe)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func BenchmarkStart(b *testing.B) {
	m := Machine{Home: os.Getenv("HOME"), Path: os.Getenv("PATH")}
	for name, policy := range map[string]func() *Policy{"none": func() *Policy { return nil }, "app": func() *Policy { return m.App(false) }} {
		p := policy()
		b.Run(name+" in process", func(b *testing.B) {
			for b.Loop() {
				p.Start(func() error { return nil })
			}
		})
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := p.Start(exec.Command("/bin/true").Run); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkApp(b *testing.B) {
	m := Machine{Home: os.Getenv("HOME"), Path: os.Getenv("PATH")}
	for b.Loop() {
		m.App(false)
	}
}

func BenchmarkRules(b *testing.B) {
	p := Machine{Home: os.Getenv("HOME"), Path: os.Getenv("PATH")}.App(false)
	for b.Loop() {
		p.rules()
	}
}

func BenchmarkPrepare(b *testing.B) {
	p := Machine{Home: os.Getenv("HOME"), Path: os.Getenv("PATH")}.App(false)
	for b.Loop() {
		box, err := p.Prepare()
		if err != nil {
			b.Fatal(err)
		}
		box.Close()
	}
}
