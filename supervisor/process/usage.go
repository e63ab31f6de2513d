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
func MachineMemory() int64 { return field(readAll("/proc/meminfo"), "MemTotal:") }

// AvailableMemory is what may still be taken, of the machine's or of what the
// container has that slot runs in, in KiB; 0 where it cannot be told.
func AvailableMemory() int64 { return availableMemory("/proc/meminfo", "/sys/fs/cgroup") }

// availableMemory counts the cache of files that nobody reads as available, as
// the kernel's own MemAvailable does.
func availableMemory(meminfo, group string) int64 {
	free := field(readAll(meminfo), "MemAvailable:")
	most, errMost := strconv.ParseInt(string(bytes.TrimSpace(readAll(group+"/memory.max"))), 10, 64)
	taken, errTaken := strconv.ParseInt(string(bytes.TrimSpace(readAll(group+"/memory.current"))), 10, 64)
	if errMost != nil || errTaken != nil { // "max", or no group
		return free
	}
	taken -= field(readAll(group+"/memory.stat"), "inactive_file")
	return min(free, max(most-taken, 0)>>10)
}

// field is the number behind a name in one of the kernel's tables.
func field(table []byte, name string) int64 {
	for line := range bytes.Lines(table) {
		if f := strings.Fields(string(line)); len(f) >= 2 && f[0] == name {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n
		}
	}
	return 0
}
