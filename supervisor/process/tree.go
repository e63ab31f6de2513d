package process

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// treeTimeout bounds the end of a tree: KILL cannot be refused, but a process
// in an uninterruptible sleep takes its time.
const treeTimeout = 5 * time.Second

// Kill ends a process of an earlier daemon with all its descendants. It is
// not an error when none runs.
func Kill(id slot.Identity) error {
	boot, err := bootID()
	if err != nil {
		return err
	}
	if id.BootID != boot {
		return nil
	}
	if left := endTree(id); left > 0 {
		return errors.New("cannot end " + strconv.Itoa(left) + " processes of " + id.ID)
	}
	return nil
}

// Marked returns the processes that carry the marker id in the environment
// they were started with, those that ended excepted.
func Marked(id string) []int {
	var pids []int
	for _, pid := range all() {
		if marked(pid, id) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func marked(pid int, id string) bool {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return err == nil && carries(env, id) // else another user's, or gone
}

// carries reports whether the environment has the marker id.
func carries(env []byte, id string) bool {
	if id == "" {
		return false
	}
	want := []byte(Marker + "=" + id)
	for kv := range bytes.SplitSeq(env, []byte{0}) {
		if bytes.Equal(kv, want) {
			return true
		}
	}
	return false
}

// endTree kills the group of id, whatever descends from it and whatever
// carries its marker, until none is left; it returns how many are. A look that
// may have missed one is followed by another.
func endTree(id slot.Identity) int {
	deadline := time.Now().Add(treeTimeout)
	left := map[int]stat{}
	for empty := 0; ; {
		found, sure := look(id)
		maps.Copy(left, found)
		maps.DeleteFunc(left, func(pid int, st stat) bool {
			now, err := readStat(pid)
			return err != nil || now.start != st.start || now.ended()
		})
		if len(left) > 0 {
			empty = 0
		} else if empty++; sure || empty == 2 {
			OwnGroups().remove(id.ID)
			return 0
		}
		if time.Now().After(deadline) {
			return len(left)
		}
		for pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // gone already is what is wanted
		}
		<-time.After(2 * time.Millisecond)
	}
}

// tree lists the processes that belong to id: those of its control group, where
// it has one, of its process group, with its marker, and what descends from all
// of them. A process group lives as long as one
// member does, so its number goes to a new leader only when all are gone: a
// leader with another start time leads strangers.
func tree(id slot.Identity) map[int]stat {
	members, _ := look(id)
	return members
}

// look is tree, and sure where no member can have hidden: no process was started
// meanwhile, and none is without environment, as in the middle of an exec, and
// while it ends, when its ports are still taken.
func look(id slot.Identity) (members map[int]stat, sure bool) {
	newest := newestPID()
	stats := readStats()
	leader, there := stats[id.PID]
	group := id.PID != 0 && (!there || leader.start == id.StartTime)
	delete(stats, os.Getpid())
	found, bare := map[int]bool{}, false
	for _, pid := range OwnGroups().members(id.ID) {
		found[pid] = true
	}
	for pid, st := range stats {
		if st.ended() {
			delete(stats, pid)
		} else if found[pid] || st.start < id.StartTime {
			continue // known, or older than the run: its environment need not be read, which costs the most
		} else if group && st.group == id.PID {
			found[pid] = true
		} else if env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ"); err == nil {
			found[pid] = carries(env, id.ID)
			bare = bare || len(env) == 0 && pid != kthreadd && st.parent != kthreadd
		}
	}
	members = map[int]stat{}
	for pid, st := range stats {
		if found[pid] || descends(pid, found, stats) {
			members[pid] = st
		}
	}
	return members, !bare && newest != "" && newest == newestPID()
}

// kthreadd is the parent of the kernel's own threads, which have no environment.
const kthreadd = 2

// newestPID is the number that this pid namespace gave to a process, or to a
// thread, last: proc_sys_kernel(5), ns_last_pid. It is "" where the kernel does
// not tell. (Containers may have a loadavg, which tells it too, that is not the
// kernel's.)
func newestPID() string {
	b, err := os.ReadFile("/proc/sys/kernel/ns_last_pid")
	if err != nil {
		return ""
	}
	return string(b)
}

// descends reports whether pid has an ancestor in found. The hops are bounded
// because stats is not of one moment.
func descends(pid int, found map[int]bool, stats map[int]stat) bool {
	for hops := 0; pid > 1 && hops < 64; hops++ {
		if pid = stats[pid].parent; found[pid] {
			return true
		}
	}
	return false
}

// groupRuns reports whether a member of the group has not ended.
func groupRuns(group int) bool {
	for _, st := range readStats() {
		if st.group == group && !st.ended() {
			return true
		}
	}
	return false
}

func readStats() map[int]stat {
	found := map[int]stat{}
	for _, pid := range all() {
		if st, err := readStat(pid); err == nil {
			found[pid] = st
		}
	}
	return found
}

// all returns every process that can be seen.
func all() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// End asks what carries the marker id, and what that started, to end, and ends
// what is left after the grace. It is for what others started.
func End(ctx context.Context, id string, grace time.Duration) error {
	identity, err := NewIdentity(id)
	if err != nil {
		return err
	}
	found := tree(identity)
	for pid := range found {
		_ = syscall.Kill(pid, syscall.SIGTERM) // gone already is what is wanted
	}
	for deadline := time.Now().Add(grace); len(found) > 0 && time.Now().Before(deadline) && ctx.Err() == nil; {
		<-time.After(20 * time.Millisecond)
		found = tree(identity)
	}
	return Kill(identity)
}
