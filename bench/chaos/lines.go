package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// written is a line of the app in the log: its stamp, its stream, its process,
// its number.
var written = regexp.MustCompile(`^\S+ o (\S+) n (\d+) x{60}$`)

// missing is slot's own word on lines that it could not write.
var missing = regexp.MustCompile(`^\S+ s - \[(\d+) lines are missing here`)

// account is what a slot's log has of the lines of the process that writes now.
type account struct {
	process  string
	first    int // number of the oldest line that is kept
	lines    int
	next     int // number expected next
	gaps     int // lines that are not there
	told     int // of them, lines that the log says are missing
	doubled  int
	torn     int
	examples []string
}

// readLog reads all files of a slot's log, the oldest first.
func (r *rig) readLog(name string) (a account, err error) {
	files, err := openLog(filepath.Join(r.home(), "slots", name, "logs", "app.log"))
	for _, f := range files {
		lines := bufio.NewScanner(f)
		for err == nil && lines.Scan() {
			a.take(lines.Text())
		}
		err = errors.Join(err, lines.Err(), f.Close())
	}
	return a, err
}

// openLog opens the files of a log as they are at one moment: a rotation
// between two of them would hide one.
func openLog(path string) (files []*os.File, err error) {
	for {
		before, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		for i := 9; i >= 0; i-- {
			file := path
			if i > 0 {
				file = fmt.Sprint(path, ".", i)
			}
			f, err := os.Open(file)
			if err == nil {
				files = append(files, f)
			} else if !errors.Is(err, os.ErrNotExist) {
				return files, err
			}
		}
		after, err := os.Stat(path)
		if err == nil && os.SameFile(before, after) {
			return files, nil
		}
		for _, f := range files {
			f.Close()
		}
		files = nil
	}
}

func (a *account) take(line string) {
	if m := missing.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1])
		a.told += n
		return
	}
	if len(line) > 28 && line[28] != 'o' {
		return // stderr, and slot's own notes
	}
	m := written.FindStringSubmatch(line)
	if m == nil {
		a.torn++
		a.example(line)
		return
	}
	n, _ := strconv.Atoi(m[2])
	if m[1] != a.process || n == 0 {
		*a = account{process: m[1], first: n, next: n} // it was started again
	}
	switch {
	case n > a.next:
		a.gaps += n - a.next
		a.example(line)
	case n < a.next:
		a.doubled++
		a.example(line)
		return
	}
	a.lines++
	a.next = n + 1
}

func (a *account) example(line string) {
	if len(a.examples) < 5 {
		a.examples = append(a.examples, fmt.Sprintf("expected %d: %.120s", a.next, line))
	}
}
