package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Groups is what slot can do with control groups, version 2, on this machine.
type Groups struct {
	Dir         string   // below which slot makes groups; empty where it cannot
	Controllers []string // that hold limits there, of memory, cpu and pids
	Reason      string   // why not all of that
}

// Holds reports whether the kernel holds the controller's limit.
func (g Groups) Holds(controller string) bool { return slices.Contains(g.Controllers, controller) }

// the controllers that hold slot's limits.
var controllers = []string{"memory", "cpu", "pids"}

// OwnGroups finds out what this program can do and prepares it: once, and for
// good. It is for the daemon; a program that only tells takes LookGroups.
var OwnGroups = sync.OnceValue(func() Groups { return findGroups("/proc/self", true) })

// LookGroups is OwnGroups without preparing anything.
func LookGroups() Groups { return findGroups("/proc/self", false) }

func findGroups(self string, prepare bool) Groups {
	dir, err := groupOf(self)
	if err != nil {
		return Groups{Reason: err.Error()}
	}
	for _, path := range []string{dir, filepath.Join(dir, "cgroup.procs")} {
		if err := unix.Access(path, unix.W_OK); err != nil {
			return Groups{Reason: fmt.Sprintf("%s cannot be written: %v", path, err)}
		}
	}
	if top := outOfSlot(dir); top != dir {
		// An earlier daemon moved aside, or slot was started from inside an app:
		// then it must not end with that.
		if filepath.Base(dir) != daemonGroup && prepare {
			if err := moveTo(filepath.Join(top, daemonGroup), ownProcesses()); err != nil {
				return Groups{Reason: err.Error()}
			}
		}
		dir = top
	}
	g := Groups{Dir: dir}
	there := words(filepath.Join(dir, "cgroup.controllers"))
	for _, c := range controllers {
		switch {
		case !slices.Contains(there, c):
			g.Reason = "its controllers " + strings.Join(controllers, ", ") + " are not all given to " + dir
		case slices.Contains(words(filepath.Join(dir, "cgroup.subtree_control")), c):
			g.Controllers = append(g.Controllers, c)
		case !prepare:
			g.Reason = "slot up gives them to its apps, where no other program runs in " + dir
		default:
			if err := enable(dir, c); err != nil {
				g.Reason = fmt.Sprintf("%s cannot pass on %s: %v", dir, c, err)
			} else {
				g.Controllers = append(g.Controllers, c)
			}
		}
	}
	return g
}

// groupOf returns the folder of the version 2 group of a process.
func groupOf(proc string) (string, error) {
	own, err := os.ReadFile(filepath.Join(proc, "cgroup"))
	if err != nil {
		return "", err
	}
	mounts, err := os.ReadFile(filepath.Join(proc, "mountinfo"))
	if err != nil {
		return "", err
	}
	path := ""
	for line := range strings.Lines(string(own)) {
		if rest, ok := strings.CutPrefix(line, "0::"); ok {
			path = strings.TrimSpace(rest)
		}
	}
	root, mount, ok := unifiedMount(string(mounts))
	if !ok || path == "" {
		return "", errors.New("there is no control group of version 2")
	}
	if rel, err := filepath.Rel(root, path); err == nil && !strings.HasPrefix(rel, "..") {
		path = rel
	}
	return filepath.Join(mount, path), nil
}

// unifiedMount reads proc_pid_mountinfo(5): which group is mounted where.
func unifiedMount(table string) (root, mount string, ok bool) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		sep := slices.Index(f, "-")
		if sep < 6 || len(f) < sep+2 || f[sep+1] != "cgroup2" {
			continue
		}
		return f[3], f[4], true
	}
	return "", "", false
}

// enable passes a controller on to the groups below dir. The kernel refuses
// where processes are in dir itself; where all of them are slot's own, they
// move to a group beside the apps'.
func enable(dir, controller string) error {
	file, on := filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+controller)
	err := os.WriteFile(file, on, 0)
	if !errors.Is(err, unix.EBUSY) {
		return err
	}
	if moved := moveAside(dir); moved != nil {
		return moved
	}
	return os.WriteFile(file, on, 0)
}

// daemonGroup is where slot's own processes go.
const daemonGroup = groupPrefix + "daemon"

const groupPrefix = "slot-"

// outOfSlot is the folder above those that slot made.
func outOfSlot(dir string) string {
	for strings.HasPrefix(filepath.Base(dir), groupPrefix) {
		dir = filepath.Dir(dir)
	}
	return dir
}

// ownProcesses are this one and, where it is slot too, its parent: the keeper.
func ownProcesses() []string {
	pids := []string{strconv.Itoa(os.Getpid())}
	exe, err := os.Readlink("/proc/self/exe")
	parent := strconv.Itoa(os.Getppid())
	if other, otherErr := os.Readlink("/proc/" + parent + "/exe"); err == nil && otherErr == nil && other == exe {
		pids = append(pids, parent)
	}
	return pids
}

func moveTo(group string, pids []string) error {
	if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	for _, pid := range pids {
		err := os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(pid), 0)
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	return nil
}

// moveAside makes room for the groups of apps: the kernel wants processes in
// the leaves alone. It refuses where others than slot's are among them.
func moveAside(dir string) error {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	members := words(filepath.Join(dir, "cgroup.procs"))
	for _, pid := range members {
		if other, err := os.Readlink("/proc/" + pid + "/exe"); err == nil && other != exe {
			return fmt.Errorf("%s (pid %s) is in it too", filepath.Base(other), pid)
		}
	}
	return moveTo(filepath.Join(dir, daemonGroup), members)
}

// words are those of a small file; none where it cannot be read.
func words(path string) []string {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return strings.Fields(string(b))
}
