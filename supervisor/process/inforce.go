package process

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// InForce says how each limit holds for a process: it is read from the kernel
// wherever that holds it, not remembered. id without a PID is of one that does
// not run.
func InForce(id slot.Identity, l Limits) []slot.LimitInForce {
	all := []slot.LimitInForce{}
	add := func(name, value string, by, text string) {
		if id.PID == 0 {
			by, text = "nothing", "nothing runs; it holds from the next start on"
		}
		all = append(all, slot.LimitInForce{Name: name, Value: value, By: by, Text: text})
	}
	group := OwnGroups().group(id.ID)
	setting := func(name string) string {
		if group == "" {
			return ""
		}
		value := strings.TrimSpace(string(readAll(filepath.Join(group, name))))
		if strings.HasPrefix(value, "max") {
			return ""
		}
		return value
	}
	if l.Memory > 0 {
		size := slot.Size(l.Memory)
		by, text := "watch", fmt.Sprintf("its use is looked at every two seconds; above %v it is replaced by a new process", size)
		if hard, err := strconv.ParseInt(setting("memory.max"), 10, 64); err == nil {
			by, text = "cgroup", fmt.Sprintf("above %v it is replaced by a new process, at %v the kernel ends it", size, slot.Size(hard))
		}
		add("memory", size.String(), by, text)
	}
	if l.CPU > 0 {
		by, text := affinity(id.PID, l.CPU)
		if setting("cpu.max") != "" {
			by, text = "cgroup", fmt.Sprintf("the kernel gives it the time of %g cores at most", l.CPU)
		}
		add("cpu", slot.Cores(l.CPU).String(), by, text)
	}
	if l.OpenFiles > 0 {
		text := "it has not taken effect yet; restart the slot"
		var has unix.Rlimit
		if id.PID != 0 && unix.Prlimit(id.PID, unix.RLIMIT_NOFILE, nil, &has) == nil && has.Max <= uint64(l.OpenFiles) {
			text = fmt.Sprintf("the kernel lets each program open %d at most", has.Max)
		}
		add("open_files", strconv.Itoa(l.OpenFiles), "rlimit", text)
	}
	if l.Processes > 0 {
		by, text := "watch", "they are counted every two seconds; above the limit the app is replaced by a new process"
		if n := setting("pids.max"); n != "" {
			by, text = "cgroup", "the kernel refuses more than "+n+" processes and threads"
		}
		add("processes", strconv.Itoa(l.Processes), by, text)
	}
	return all
}

// affinity tells what whole cores and priority make of a limit.
func affinity(pid int, limit float64) (by, text string) {
	var set unix.CPUSet
	if pid == 0 || unix.SchedGetaffinity(pid, &set) != nil {
		return "nothing", "it cannot be told"
	}
	text = fmt.Sprintf("it may use %d of %d cores", set.Count(), runtime.NumCPU())
	nice, err := unix.Getpriority(unix.PRIO_PROCESS, pid)
	if err == nil && 20-nice == lowPriority { // the system call answers 20 - nice
		text += fmt.Sprintf(", and others go first; less than a core (%g) is held only with cgroup v2", limit)
	} else if float64(set.Count()) > limit {
		text += "; it has not taken effect yet, restart the slot"
	}
	return "affinity", text
}

// Claims says what this machine can hold processes to.
func (g Groups) Claims() []slot.Claim {
	needs := "a control group of version 2 that slot may write to"
	return []slot.Claim{
		{Name: "memory", Holds: g.Holds("memory"), Needs: needs,
			Text: "the kernel ends an app that goes far over its memory_limit; without it slot looks every two seconds"},
		{Name: "cpu", Holds: g.Holds("cpu"), Needs: needs,
			Text: "cpu_limit holds to a part of a core; without it whole cores by affinity, parts by priority"},
		{Name: "processes", Holds: g.Holds("pids"), Needs: needs,
			Text: "the kernel refuses more processes and threads than the limit; without it slot counts every two seconds"},
		{Name: "trees", Holds: g.Dir != "", Needs: needs,
			Text: "what an app starts is known by its control group, whatever it does; without it by marker, group and descent"},
	}
}
