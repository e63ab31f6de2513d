package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

// fate is what became of apps when things went wrong.
type fate struct {
	crashCPU     time.Duration // of the supervisor
	lives        bool          // the app, when all of the supervisor was killed
	lines, ticks int           // in the log afterwards, of those it should have
	stopped      bool          // a grandchild, with its app
	session      bool          // one in a session of its own
	orphaned     bool          // one whose app was killed
}

func measureFaults(all []keeper, crash time.Duration) ([]fate, error) {
	got := make([]fate, len(all))
	for i, k := range all {
		f, err := faults(k, crash)
		k.down()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name(), err)
		}
		got[i] = f
	}
	return got, nil
}

func faults(k keeper, crash time.Duration) (f fate, err error) {
	flag := filepath.Join(os.TempDir(), "slot-bench-crash-"+strconv.Itoa(k.port("a")))
	_ = os.Remove(flag) // of a run before
	defer os.Remove(flag)
	if err := k.up(2, "CRASH="+flag); err != nil {
		return f, err
	}
	for _, app := range names[:2] {
		if err := answers(k, app); err != nil {
			return f, err
		}
	}
	if err := grandchildren(k, &f); err != nil {
		return f, err
	}
	if f.crashCPU, err = crashLoop(k, flag, crash); err != nil {
		return f, err
	}
	// A line a millisecond costs something too: it is written only now.
	k.down()
	if err := k.up(1, "TICK=1"); err != nil {
		return f, err
	}
	if err := answers(k, "a"); err != nil {
		return f, err
	}
	return f, allKilled(k, &f)
}

// grandchildren looks what is left of an app's children: after a stop of app
// b, and after it was killed.
func grandchildren(k keeper, f *fate) error {
	gone := func(path string, end func() error) (bool, error) {
		text, err := lab.Get(url(k, "b") + path)
		if err != nil {
			return false, err
		}
		pid, err := strconv.Atoi(text)
		if err != nil {
			return false, err
		}
		defer kill(pid)
		if err := end(); err != nil {
			return false, err
		}
		for begin := time.Now(); time.Since(begin) < 3*time.Second; <-time.After(10 * time.Millisecond) {
			if !lab.Alive(pid) {
				return true, answers(k, "b")
			}
		}
		return false, answers(k, "b")
	}
	cycle := func() error {
		if err := k.stop("b"); err != nil {
			return err
		}
		return k.start("b")
	}
	var err error
	if f.stopped, err = gone("/child", cycle); err != nil {
		return err
	}
	if f.session, err = gone("/child?session", cycle); err != nil {
		return err
	}
	f.orphaned, err = gone("/child", func() error { _, err := killed(k, "b"); return err })
	return err
}

// crashLoop lets app b crash again and again, and returns what the supervisor
// took meanwhile; a process of it that ended does not count.
func crashLoop(k keeper, flag string, length time.Duration) (time.Duration, error) {
	pid, err := lab.Get(url(k, "b") + "/pid")
	if err != nil {
		return 0, err
	}
	id, err := strconv.Atoi(pid)
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(flag, nil, 0o644); err != nil {
		return 0, err
	}
	before := lab.CPU(k.pids()...)
	if err := kill(id); err != nil {
		return 0, err
	}
	<-time.After(length)
	took := lab.CPU(k.pids()...) - before
	_ = k.stop("b") // it may have been given up
	return max(took, 0), nil
}

// allKilled kills every process of the supervisor and looks whether app a goes
// on, and whether each of its lines is kept once the supervisor is back.
func allKilled(k keeper, f *fate) error {
	pid, err := lab.Get(url(k, "a") + "/pid")
	if err != nil {
		return err
	}
	for _, p := range k.pids() {
		_ = kill(p) // it may have ended
	}
	<-time.After(2 * time.Second)
	now, err := lab.Get(url(k, "a") + "/pid")
	if s, ok := k.(*slotKeeper); ok { // its address is slot's own: it is asked again when that is back
		if err := s.slot.Run("up"); err != nil {
			return err
		}
		now, err = lab.Get(url(k, "a") + "/pid")
	}
	f.lives = err == nil && now == pid
	<-time.After(time.Second)
	text, err := os.ReadFile(k.log("a"))
	if err != nil {
		return err
	}
	f.lines, f.ticks = ticks(text)
	if id, _ := strconv.Atoi(pid); f.lives {
		_ = kill(id)
	}
	return nil
}

// ticks returns how many of the numbered lines are there, and how many should
// be, up to the last.
func ticks(text []byte) (lines, last int) {
	for line := range bytes.Lines(text) {
		if _, number, found := bytes.Cut(line, []byte("tick ")); found {
			if n, err := strconv.Atoi(string(bytes.TrimSpace(number))); err == nil {
				if n < last { // another process began again
					lines = 0
				}
				lines, last = lines+1, n
			}
		}
	}
	return lines, last + 1
}

func printFaults(all []keeper, got []fate, crash time.Duration) {
	t := lab.NewTable("", fmt.Sprintf("crash loop of %v, CPU ms", crash), "all of the supervisor killed: the app", "its lines afterwards",
		"grandchild after a stop", "in its own session", "after kill -9 of the app")
	for i, k := range all {
		f := got[i]
		lines := fmt.Sprintf("%d of %d", f.lines, f.ticks)
		if !f.lives {
			lines = "–"
		}
		t.Row(k.name(), lab.F(ms(f.crashCPU), 0), word(f.lives, "lives", "dead"), lines,
			word(f.stopped, "gone", "lives"), word(f.session, "gone", "lives"), word(f.orphaned, "gone", "lives"))
	}
	t.Write(os.Stdout)
	var rows []string
	crashed := lab.Column{Name: "crash loop", Why: "supervisord gives up after a few starts; the others start the app and do nothing else, slot looks each time for what it left behind and records the new process."}
	for i, k := range all {
		rows, crashed.Values = append(rows, k.name()), append(crashed.Values, ms(got[i].crashCPU))
	}
	lab.Behind(os.Stdout, rows, 0, crashed)
	fmt.Print("An app that \"lives\" without a reader of its pipe may have lost what it wrote meanwhile: then fewer lines are there than it wrote.\n\n")
}

func word(holds bool, yes, no string) string {
	if holds {
		return yes
	}
	return no
}
