package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// stat is what proc_pid_stat(5) says of a process.
type stat struct {
	state  byte
	parent int
	group  int
	start  uint64 // clock ticks since boot

	threads int
	ticks   uint64 // processor time, with that of children that ended
}

// ended reports whether it only waits to be reaped.
func (s stat) ended() bool { return s.state == 'Z' || s.state == 'X' }

// readStat reads /proc/PID/stat. The program's name stands in parentheses and
// may hold anything, so the fields are counted from its last one.
func readStat(pid int) (stat, error) {
	var room [1024]byte
	b, err := readProc(pid, "stat", room[:])
	if err != nil {
		return stat{}, err
	}
	return parseStat(b)
}

// readProc reads as much of a file of a process as room has place for. It is
// asked for every process of the machine before an app starts again: an os.File
// costs twice as much.
func readProc(pid int, name string, room []byte) ([]byte, error) {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/"+name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, room)
	if err != nil {
		return nil, err
	}
	return room[:n], nil
}

func parseStat(b []byte) (stat, error) {
	end := bytes.LastIndexByte(b, ')')
	if end < 0 {
		return stat{}, fmt.Errorf("cannot read the state of a process from %q", b)
	}
	f := strings.Fields(string(b[end+1:])) // f[0] is field 3, the state
	if len(f) < 20 || len(f[0]) != 1 {
		return stat{}, fmt.Errorf("cannot read the state of a process from %q", b)
	}
	var s stat
	var errs [3]error
	s.state = f[0][0]
	s.parent, errs[0] = strconv.Atoi(f[1])
	s.group, errs[1] = strconv.Atoi(f[2])
	s.start, errs[2] = strconv.ParseUint(f[19], 10, 64)
	for _, err := range errs {
		if err != nil {
			return stat{}, err
		}
	}
	s.threads, _ = strconv.Atoi(f[17]) // what is only shown may be wrong
	for _, field := range f[11:15] {
		n, _ := strconv.ParseUint(field, 10, 64)
		s.ticks += n
	}
	return s, nil
}

// bootID changes at each boot of the machine: start times of two boots must
// not be compared.
func bootID() (string, error) {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(b)), err
}

// NewIdentity returns the identity of a process that is about to be started
// with the marker id: without a PID, and already enough for Kill.
func NewIdentity(id string) (slot.Identity, error) {
	boot, err := bootID()
	return slot.Identity{ID: id, BootID: boot}, err
}

// find returns the whole identity of a process that still runs. Without a PID
// it was being started when its daemon died: the marker leads to it.
func find(id slot.Identity) (slot.Identity, error) {
	boot, err := bootID()
	if err != nil {
		return id, err
	}
	if id.BootID != boot {
		return id, ErrGone
	}
	if id.PID == 0 {
		for _, pid := range Marked(id.ID) {
			// What it started has the marker too, and may lead a group.
			st, err := readStat(pid)
			if err == nil && st.group == pid && (id.PID == 0 || st.start < id.StartTime) {
				id.PID, id.StartTime = pid, st.start
			}
		}
		if id.PID == 0 {
			return id, ErrGone
		}
		return id, nil
	}
	st, err := readStat(id.PID)
	if err != nil || st.start != id.StartTime || st.ended() {
		return id, ErrGone
	}
	return id, nil
}
