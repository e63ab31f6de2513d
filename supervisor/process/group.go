package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// group is the folder of a process's own group.
func (g Groups) group(id string) string {
	if g.Dir == "" || id == "" {
		return ""
	}
	return filepath.Join(g.Dir, groupPrefix+id)
}

// make makes the group of a process with its limits; nil where there is none.
// The caller closes it.
func (g Groups) make(id string, l Limits) (*os.File, error) {
	dir := g.group(id)
	if dir == "" {
		return nil, nil
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	for name, value := range g.settings(l) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o644); err != nil {
			return nil, fmt.Errorf("cannot set %s: %w", name, err)
		}
	}
	return os.Open(dir)
}

// slack is what a process may take above its memory limit before the kernel
// ends it: from the limit on slot replaces it, for which it must go on.
const slack = 4 // a quarter

// cpuPeriod is the kernel's own default, in microseconds.
const cpuPeriod = 100_000

// settings are the files of a group, in the words of the kernel's
// Documentation/admin-guide/cgroup-v2.rst.
func (g Groups) settings(l Limits) map[string]string {
	files := map[string]string{}
	if l.Memory > 0 && g.Holds("memory") {
		files["memory.max"] = strconv.FormatInt(l.Memory+l.Memory/slack, 10)
		files["memory.oom.group"] = "1"
	}
	if l.CPU > 0 && g.Holds("cpu") {
		files["cpu.max"] = fmt.Sprintf("%d %d", max(int(l.CPU*cpuPeriod), 1000), cpuPeriod)
	}
	if l.Processes > 0 && g.Holds("pids") {
		files["pids.max"] = strconv.Itoa(l.Processes)
	}
	return files
}

// members are the processes in the group of id.
func (g Groups) members(id string) []int {
	dir := g.group(id)
	if dir == "" {
		return nil
	}
	var pids []int
	for _, word := range words(filepath.Join(dir, "cgroup.procs")) {
		if pid, err := strconv.Atoi(word); err == nil && pid > 0 { // 0: of another pid namespace
			pids = append(pids, pid)
		}
	}
	return pids
}

// remove takes the group of id away once nothing is in it: that may be an
// instant after its last process is gone. One in which a process cannot be ended
// stays.
func (g Groups) remove(id string) {
	dir := g.group(id)
	for range 5 {
		if dir == "" || !errors.Is(unix.Rmdir(dir), unix.EBUSY) {
			return
		}
		<-time.After(time.Millisecond)
	}
}
