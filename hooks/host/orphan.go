package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// runEnv is the variable that marks every process of a run, so that those that
// left the process group (a build daemon, say) are found as well.
const runEnv = "SLOT_HOOK_RUN"

// killRun ends every process that carries the mark of the run.
func killRun(run string) {
	killMarked(func(_ int, mark string) bool { return mark == run })
}

// killOrphans ends the processes of runs whose host is dead. In a container the
// numbers of processes are others: whether a host in there lives cannot be
// told from out here, and its own slot looks after it.
func killOrphans() {
	here := numbering("self")
	killMarked(func(pid int, mark string) bool {
		return !alive(mark) && here != "" && numbering(strconv.Itoa(pid)) == here
	})
}

// numbering names the PID namespace of a process, "" where it cannot be read.
func numbering(pid string) string {
	name, _ := os.Readlink("/proc/" + pid + "/ns/pid")
	return name
}

// removeOrphans removes the folders below dir whose host is dead.
func removeOrphans(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() && !alive(e.Name()) {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// killMarked kills in rounds, since a process may fork while /proc is read.
func killMarked(match func(pid int, mark string) bool) {
	for range 10 {
		found := false
		entries, _ := os.ReadDir("/proc")
		for _, e := range entries {
			pid, err := strconv.Atoi(e.Name())
			if err != nil || pid == os.Getpid() {
				continue
			}
			if mark := markOf(pid); mark != "" && match(pid, mark) {
				found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
			}
		}
		if !found {
			return
		}
	}
}

func markOf(pid int) string {
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return "" // another user's, or gone
	}
	for v := range bytes.SplitSeq(environ, []byte{0}) {
		if mark, ok := bytes.CutPrefix(v, []byte(runEnv+"=")); ok {
			return string(mark)
		}
	}
	return ""
}

// alive reports whether the process of an identity PID.STARTTIME.… runs. A
// malformed one counts as alive: better to leave something than to end a
// stranger.
func alive(identity string) bool {
	fields := strings.Split(identity, ".")
	if len(fields) < 3 {
		return true
	}
	pid, err := strconv.Atoi(fields[0])
	start, err2 := strconv.ParseUint(fields[1], 10, 64)
	if err != nil || err2 != nil {
		return true
	}
	now, err := startTime(pid)
	return err == nil && now == start
}

// startTime returns field 22 of /proc/PID/stat (proc(5)): clock ticks since
// boot, which with the pid names one process.
func startTime(pid int) (uint64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return 0, fmt.Errorf("cannot read /proc/%d/stat", pid)
	}
	return strconv.ParseUint(fields[19], 10, 64)
}
