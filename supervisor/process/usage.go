package process

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Usage is what a process takes with all that it started.
type Usage struct {
	MemoryKiB int64 // proportional set size: what several share is counted once
	CPU       time.Duration
	Processes int
	Threads   int
}

// Add sums two.
func (u Usage) Add(v Usage) Usage {
	return Usage{u.MemoryKiB + v.MemoryKiB, u.CPU + v.CPU, u.Processes + v.Processes, u.Threads + v.Threads}
}

// tick is the unit of times in /proc: USER_HZ, 100 on every platform of Linux
// that Go runs on (proc_pid_stat(5)).
const tick = 10 * time.Millisecond

// Measure looks at what the process and what it started take now. Memory is
// exact where it is wanted so: reading it costs the kernel a walk over their
// pages. Otherwise shared pages count for each process, which is never less.
func Measure(id slot.Identity, exact bool) Usage {
	var u Usage
	for pid, st := range grouped(id) {
		u.Processes++
		u.Threads += st.threads
		u.CPU += time.Duration(st.ticks) * tick
		u.MemoryKiB += memory(pid, exact)
	}
	return u
}

// grouped is tree for a process that has a control group: what left that would
// have to be root, and is not worth a look at every process of the machine.
func grouped(id slot.Identity) map[int]stat {
	members := map[int]stat{}
	for _, pid := range OwnGroups().members(id.ID) {
		if st, err := readStat(pid); err == nil && !st.ended() {
			members[pid] = st
		}
	}
	if len(members) == 0 {
		return tree(id)
	}
	return members
}

// memory is that of one process in KiB; 0 of one that is gone.
func memory(pid int, exact bool) int64 {
	dir := "/proc/" + strconv.Itoa(pid)
	if exact {
		if kib, ok := parsePSS(readAll(dir + "/smaps_rollup")); ok {
			return kib
		}
	}
	f := strings.Fields(string(readAll(dir + "/statm")))
	if len(f) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize()) / 1024
}

// parsePSS finds "Pss: 1234 kB" in proc_pid_smaps(5).
func parsePSS(text []byte) (int64, bool) {
	for line := range bytes.Lines(text) {
		f := strings.Fields(string(line))
		if len(f) >= 2 && f[0] == "Pss:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			return kib, err == nil
		}
	}
	return 0, false
}

func readAll(path string) []byte {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil // gone
	}
	return b
}

// MachineMemory is all of the machine's, or of what slot itself may take of it,
// in KiB; 0 where it cannot be told.
func MachineMemory() int64 {
	for line := range bytes.Lines(readAll("/proc/meminfo")) {
		if f := strings.Fields(string(line)); len(f) >= 2 && f[0] == "MemTotal:" {
			kib, _ := strconv.ParseInt(f[1], 10, 64)
			return kib
		}
	}
	return 0
}
