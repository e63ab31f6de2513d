package main

import (
	"os"
	"os/exec"
	"strconv"
	"time"
)

// alone is the app without a supervisor: what no start can be faster than.
type alone struct {
	at   place
	apps map[string]*exec.Cmd
}

func (a *alone) port(app string) int { return a.at.port(app) }

func (a *alone) start(app string) error {
	cmd := exec.Command(a.at.app)
	cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(a.port(app)))
	a.apps[app] = cmd
	return cmd.Start()
}

func (a *alone) stop(app string) error {
	cmd := a.apps[app]
	if cmd == nil {
		return nil
	}
	a.apps[app] = nil
	if err := kill(cmd.Process.Pid); err != nil {
		return err
	}
	_ = cmd.Wait() // it was killed
	return nil
}

// round measures what calmRound does of a supervisor, as far as there is
// anything.
func (a *alone) round(f *figures) error {
	a.apps = map[string]*exec.Cmd{}
	defer a.down()
	if err := timed(&f.five, a, names); err != nil {
		return err
	}
	for range starts {
		if err := timed(&f.one, a, names[:1]); err != nil {
			return err
		}
	}
	begin := time.Now()
	if err := a.stop("a"); err != nil {
		return err
	}
	if err := a.start("a"); err != nil {
		return err
	}
	if err := answers(a, "a"); err != nil {
		return err
	}
	f.killed = append(f.killed, ms(time.Since(begin)))
	return nil
}

func (a *alone) down() {
	for app := range a.apps {
		_ = a.stop(app) // it may have ended
	}
}
