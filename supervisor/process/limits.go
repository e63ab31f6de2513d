package process

import (
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// Limits bound a process with all that it starts. Zero means no bound.
type Limits struct {
	Memory    int64   // bytes
	CPU       float64 // cores
	OpenFiles int     // of each program by itself
	Processes int     // with their threads
	Place     int     // spreads the slots over the machine's cores
}

// held reports whether the kernel must be told of a limit before the program
// begins: some read them once, at their start.
func (l Limits) held() bool { return l.OpenFiles > 0 || l.CPU > 0 }

// gated is the command line of a program that waits at descriptor 3 until its
// limits hold. A daemon that dies meanwhile closes it, and the shell ends.
func gated(path string, argv []string) (string, []string) {
	const wait = `read -r _ <&3 || exit 1; exec 3<&-; exec "$@"`
	return "/bin/sh", append([]string{"sh", "-c", wait, "sh", path}, argv[1:]...)
}

// apply tells the kernel what a process that waits at its gate is held to.
func (l Limits) apply(pid int, grouped bool) error {
	if l.OpenFiles > 0 {
		if err := limitFiles(pid, uint64(l.OpenFiles)); err != nil {
			return fmt.Errorf("cannot limit its open files to %d: %w", l.OpenFiles, err)
		}
	}
	if l.CPU > 0 && !grouped {
		if err := l.limitCores(pid); err != nil {
			return fmt.Errorf("cannot limit it to %g cores: %w", l.CPU, err)
		}
	}
	return nil
}

// limitFiles sets RLIMIT_NOFILE. What lies above the user's own bound needs
// root; then that bound holds, and InForce says so.
func limitFiles(pid int, n uint64) error {
	err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: n}, nil)
	if !errors.Is(err, unix.EPERM) {
		return err
	}
	var has unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &has); err != nil {
		return err
	}
	return unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: has.Max, Max: has.Max}, nil)
}

// lowPriority is what an app with less than a whole core runs at: others of
// the machine go first. Source: setpriority(2), 0 to 19.
const lowPriority = 10

// limitCores is for machines without a cgroup for it: whole cores by affinity,
// and a part of one by a lower priority, which holds only while others want it.
func (l Limits) limitCores(pid int) error {
	var all, mine unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return err
	}
	var cores []int
	for c := range len(all) * 64 {
		if all.IsSet(c) {
			cores = append(cores, c)
		}
	}
	n := int(math.Ceil(l.CPU))
	if n < len(cores) {
		for i := range n {
			mine.Set(cores[(l.Place*n+i)%len(cores)])
		}
		if err := unix.SchedSetaffinity(pid, &mine); err != nil {
			return err
		}
	}
	if l.CPU < float64(min(n, len(cores))) {
		return unix.Setpriority(unix.PRIO_PROCESS, pid, lowPriority)
	}
	return nil
}

// startGate is what a program waits at until its limits hold.
type startGate struct{ r, w *os.File }

func newStartGate() (*startGate, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &startGate{r, w}, nil
}

// pass lets the program begin.
func (g *startGate) pass() error {
	_, err := g.w.WriteString("\n")
	return err
}

func (g *startGate) close() {
	g.r.Close()
	g.w.Close()
}
