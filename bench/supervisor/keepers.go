package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

var names = []string{"a", "b", "c", "d", "e"}

// place is where a supervisor under test has its files and ports.
type place struct {
	dir, app string
	base     int
	main     *exec.Cmd
}

func (p *place) port(app string) int { return p.base + strings.Index("abcde", app) }

// begin makes the folder anew.
func (p *place) begin() error {
	if err := os.RemoveAll(p.dir); err != nil {
		return err
	}
	return os.MkdirAll(p.dir, 0o755)
}

func (p *place) write(name, text string, mode os.FileMode) error {
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), mode)
}

// run runs one of the supervisor's commands.
func (p *place) run(env []string, program string, args ...string) error {
	path, err := lab.Program(program)
	if err != nil {
		return err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", program, args, err, out)
	}
	return nil
}

// launch starts the supervisor itself, in a session of its own.
func (p *place) launch(program string, args ...string) error {
	path, err := lab.Program(program)
	if err != nil {
		return err
	}
	p.main = exec.Command(path, args...)
	p.main.Dir, p.main.SysProcAttr = p.dir, &syscall.SysProcAttr{Setsid: true}
	return p.main.Start()
}

// end ends the supervisor, and whatever of the bench's app is left of it.
func (p *place) end() {
	if p.main != nil {
		_ = p.main.Process.Signal(syscall.SIGTERM) // it may have been killed
		done := make(chan struct{})
		go func() { _ = p.main.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = p.main.Process.Kill()
			<-done
		}
		p.main = nil
	}
	p.sweep()
}

// sweep kills the processes that run from, or in, the supervisor's folder.
func (p *place) sweep() {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if dir, err := os.Readlink(link); err == nil && strings.HasPrefix(dir+"/", p.dir+"/") && pid != os.Getpid() {
			_ = kill(pid) // it may be gone
		}
	}
}

func kill(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }

// soon runs a command until it works: a supervisor that was just started may
// not listen yet.
func soon(do func() error) (err error) {
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		if err = do(); err == nil {
			return nil
		}
	}
	return err
}

// slotKeeper is slot.
type slotKeeper struct {
	program string
	at      place
	slot    *lab.Slot
}

func (k *slotKeeper) name() string { return "**slot**" }

func (k *slotKeeper) up(apps int, env ...string) (err error) {
	if err = k.at.begin(); err != nil {
		return err
	}
	if k.slot, err = lab.NewSlot(k.program, k.at.dir, k.at.base); err != nil {
		return err
	}
	for _, app := range names[:apps] {
		if err := k.slot.Deploy(app, k.at.app, env...); err != nil {
			return err
		}
	}
	return nil
}

func (k *slotKeeper) stop(app string) error  { return k.slot.Run("stop", app) }
func (k *slotKeeper) start(app string) error { return k.slot.Run("start", app) }
func (k *slotKeeper) status() error          { return k.slot.Run("status") }
func (k *slotKeeper) port(app string) int    { return k.at.port(app) }
func (k *slotKeeper) log(app string) string {
	return filepath.Join(k.at.dir, "state", "slots", app, "logs", "app.log")
}

func (k *slotKeeper) pids() []int {
	daemon, keeper := k.slot.Daemon()
	return []int{daemon, keeper}
}

func (k *slotKeeper) down() {
	if k.slot != nil {
		_ = k.slot.Close() // it may have been killed
	}
	k.at.sweep()
}
