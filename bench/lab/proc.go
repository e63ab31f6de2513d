package lab

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU returns the processor time of the processes that are there, with that
// of their threads that ended. It reads each process's own clock: the figures of
// /proc/PID/stat are in hundredths of a second.
func CPU(pids ...int) (sum time.Duration) {
	for _, pid := range pids {
		var t unix.Timespec
		// The clock's number is clock_getcpuclockid(3)'s: CPUCLOCK_SCHED, of a whole process.
		if pid > 0 && unix.ClockGettime(int32(^pid<<3|2), &t) == nil {
			sum += time.Duration(t.Nano())
		}
	}
	return sum
}

// Tree returns the processes of a program: the given one and all below it,
// without those whose program file is skip, and what is below them.
func Tree(pid int, skip string) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		_, rest, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(rest); len(f) > 1 {
			id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			parent, _ := strconv.Atoi(f[1])
			children[parent] = append(children[parent], id)
		}
	}
	var all []int
	var walk func(int)
	walk = func(p int) {
		if exe, _ := os.Readlink("/proc/" + strconv.Itoa(p) + "/exe"); skip != "" && filepath.Base(exe) == skip {
			return
		}
		all = append(all, p)
		for _, c := range children[p] {
			walk(c)
		}
	}
	walk(pid)
	return all
}

// PSS returns the memory of the processes in MiB, what they share counted once.
func PSS(pids ...int) float64 {
	kib := 0
	for _, pid := range pids {
		kib += field("/proc/"+strconv.Itoa(pid)+"/smaps_rollup", "Pss:")
	}
	return float64(kib) / 1024
}

// Switches returns how often the processes' threads were switched to.
func Switches(pids ...int) (n int) {
	for _, pid := range pids {
		tasks, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/status")
		for _, path := range tasks {
			n += field(path, "voluntary_ctxt_switches:") + field(path, "nonvoluntary_ctxt_switches:")
		}
	}
	return n
}

// Alive reports whether a process runs.
func Alive(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(text), ") ")
	return err == nil && !strings.HasPrefix(rest, "Z")
}

// field returns the number behind a name that begins a line.
func field(path, name string) int {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == name {
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	return 0
}
