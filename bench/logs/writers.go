package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

// newWriters starts what has to run beforehand; done ends it.
func newWriters(program, dir string, port int) (writers []*writer, done func(), err error) {
	app, err := lab.BuildApp(dir)
	if err != nil {
		return nil, nil, err
	}
	s, err := lab.NewSlot(program, dir, port)
	if err != nil {
		return nil, nil, err
	}
	if err := s.Deploy("a", app); err != nil {
		return nil, nil, err
	}
	d, err := newSupervisord(dir, app, port+10)
	if err != nil {
		return nil, nil, err
	}
	own := &slotWriter{slot: s}
	if err := s.Run("env", "set", "a", "PASSWORD=correct-horse-battery", "TOKEN=0123456789abcdef"); err != nil { // so that there is something to mask
		return nil, nil, err
	}
	return []*writer{
			{name: "**slot**", run: own.run},
			{name: "supervisord", run: d.run},
			{name: "s6-log", run: piped(app, dir, "s6", "s6-log", "n100", "s10000000")},
			{name: "svlogd -tt", run: piped(app, dir, "svlogd", "svlogd", "-tt")},
		}, func() {
			d.stop()
			_ = s.Close() // it is a bench's
		}, nil
}

// slotWriter has its lines in app.log and the rotated files.
type slotWriter struct{ slot *lab.Slot }

func (w *slotWriter) run(lines int) (outcome, error) {
	daemon, _ := w.slot.Daemon()
	begin, cpu := time.Now(), lab.CPU(daemon)
	if _, err := lab.Get("http://127.0.0.1:" + strconv.Itoa(w.slot.Port) + "/lines?n=" + strconv.Itoa(lines)); err != nil {
		return outcome{}, err
	}
	path := filepath.Join(w.slot.Dir, "state", "slots", "a", "logs", "app.log")
	if err := await(path, lines); err != nil {
		return outcome{}, err
	}
	o := outcome{seconds: time.Since(begin).Seconds(), cpu: (lab.CPU(daemon) - cpu).Seconds()}
	// The oldest files are gone by design: what is left must be without a gap.
	names, _ := filepath.Glob(path + ".[0-9]")
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	var text []byte
	for _, name := range append(names, path) {
		b, err := os.ReadFile(name)
		if err != nil {
			return o, err
		}
		text = append(text, b...)
	}
	o.lost, o.torn = check(text, lines, false)
	return o, nil
}

// await polls for the last line at the end of the file: only then it is read.
func await(path string, lines int) error {
	last := fmt.Appendf(nil, "%09d ", lines-1)
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		if f, err := os.Open(path); err == nil {
			end := make([]byte, 400)
			info, err := f.Stat()
			if err == nil {
				n, _ := f.ReadAt(end, max(info.Size()-int64(len(end)), 0))
				end = end[:n]
			}
			f.Close()
			if bytes.Contains(end, last) {
				return nil
			}
		}
		<-time.After(time.Millisecond)
	}
	return fmt.Errorf("the last line is not in %s after a minute", path)
}

// check counts lines of the last series that are missing or torn in a log.
func check(text []byte, lines int, whole bool) (lost, torn int) {
	want := -1
	for line := range bytes.Lines(text) {
		at := bytes.Index(line, []byte(" ....."))
		if at < 9 {
			continue // a note, or a line of the start
		}
		body := bytes.TrimSuffix(line[at-9:], []byte{'\n'})
		n, err := strconv.Atoi(string(body[:9]))
		if err != nil || len(body) != 99 {
			torn++
			continue
		}
		if n == 0 && want > 0 { // the series of the round before is over
			lost, want = 0, -1
		}
		if want >= 0 && n != want || want < 0 && whole && n != 0 {
			lost += max(n-max(want, 0), 1)
		}
		want = n + 1
	}
	if want != lines {
		lost += lines - max(want, 0)
	}
	return lost, torn
}

// piped runs the app with its output in a logger's input.
func piped(app, dir, name, logger string, args ...string) func(int) (outcome, error) {
	return func(lines int) (outcome, error) {
		program, err := lab.Program(logger)
		if err != nil {
			return outcome{}, err
		}
		to := filepath.Join(dir, name)
		if err := os.RemoveAll(to); err != nil {
			return outcome{}, err
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			return outcome{}, err
		}
		if err := os.WriteFile(filepath.Join(to, "config"), []byte("s10000000\nn100\n"), 0o644); err != nil { // svlogd's
			return outcome{}, err
		}
		source, sink := exec.Command(app, "lines", strconv.Itoa(lines)), exec.Command(program, append(args, to)...)
		if sink.Stdin, err = source.StdoutPipe(); err != nil {
			return outcome{}, err
		}
		begin := time.Now()
		if err := sink.Start(); err != nil {
			return outcome{}, err
		}
		if err := source.Run(); err != nil {
			return outcome{}, err
		}
		if err := sink.Wait(); err != nil {
			return outcome{}, err
		}
		o := outcome{seconds: time.Since(begin).Seconds(), cpu: (sink.ProcessState.UserTime() + sink.ProcessState.SystemTime()).Seconds()}
		names, _ := filepath.Glob(filepath.Join(to, "@*"))
		slices.Sort(names)
		var text []byte
		for _, name := range append(names, filepath.Join(to, "current")) {
			b, err := os.ReadFile(name)
			if err != nil {
				return o, err
			}
			text = append(text, b...)
		}
		o.lost, o.torn = check(text, lines, true)
		return o, nil
	}
}

// supervisord runs the app as one of its programs.
type supervisord struct {
	cmd  *exec.Cmd
	port int
	log  string
}

func newSupervisord(dir, app string, port int) (*supervisord, error) {
	program, err := lab.Program("supervisord")
	if err != nil {
		return nil, err
	}
	d := &supervisord{port: port, log: filepath.Join(dir, "supervisord-app.log")}
	config := fmt.Sprintf("[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%s\n[program:app]\ncommand=%s\nenvironment=PORT=%d\nstdout_logfile=%s\nstdout_logfile_maxbytes=10MB\nstdout_logfile_backups=20\nredirect_stderr=true\n",
		filepath.Join(dir, "supervisord.pid"), app, port, d.log)
	path := filepath.Join(dir, "supervisord.conf")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		return nil, err
	}
	d.cmd = exec.Command(program, "-c", path)
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err = lab.Answers(ctx, "http://127.0.0.1:"+strconv.Itoa(port))
	return d, err
}

func (d *supervisord) run(lines int) (outcome, error) {
	begin, cpu := time.Now(), lab.CPU(d.cmd.Process.Pid)
	if _, err := lab.Get("http://127.0.0.1:" + strconv.Itoa(d.port) + "/lines?n=" + strconv.Itoa(lines)); err != nil {
		return outcome{}, err
	}
	if err := await(d.log, lines); err != nil {
		return outcome{}, err
	}
	o := outcome{seconds: time.Since(begin).Seconds(), cpu: (lab.CPU(d.cmd.Process.Pid) - cpu).Seconds()}
	var text []byte
	for i := 20; i >= 0; i-- {
		name := d.log
		if i > 0 {
			name += "." + strconv.Itoa(i)
		}
		if b, err := os.ReadFile(name); err == nil {
			text = append(text, b...)
		}
	}
	o.lost, o.torn = check(text, lines, false)
	return o, nil
}

func (d *supervisord) stop() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = d.cmd.Wait()
}
