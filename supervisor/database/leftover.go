package database

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// clear makes a cluster's folder ready for a server: what is left of one that
// was killed is ended, and its lock file removed when nobody has it. A server
// that runs and is not slot's is left alone: an error names it.
func clear(dir string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	lock := filepath.Join(real, "postmaster.pid")
	master := 0
	if b, err := os.ReadFile(lock); err == nil {
		first, _, _ := strings.Cut(string(b), "\n")
		master, _ = strconv.Atoi(strings.TrimSpace(first)) // 0: nobody
	}
	workers := inFolder(real)
	for _, pid := range workers {
		if pid == master {
			return slot.E(slot.KindFailed, fmt.Sprintf("kill -INT %d ends it", pid),
				fmt.Errorf("another PostgreSQL, process %d, runs on %s", pid, dir))
		}
	}
	if err := endAll(workers, func() []int { return inFolder(real) }); err != nil {
		return fmt.Errorf("cannot end what a killed server left: %w", err)
	}
	// Processes have numbers of others after a restart of the machine or the
	// container; PostgreSQL would take any of its user's for the old server.
	if err := os.Remove(lock); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot remove the stale lock file: %w", err)
	}
	return nil
}

// endTimeout bounds the end of processes that got KILL.
const endTimeout = 5 * time.Second

func endAll(pids []int, left func() []int) error {
	for deadline := time.Now().Add(endTimeout); len(pids) > 0; pids = left() {
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v stay", pids)
		}
		for _, pid := range pids {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				return err
			}
		}
		<-time.After(5 * time.Millisecond)
	}
	return nil
}

// inFolder returns the processes of PostgreSQL whose folder is dir: the server
// and all that it starts stay in it.
func inFolder(dir string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if cwd, err := os.Readlink("/proc/" + e.Name() + "/cwd"); err != nil || cwd != dir {
			continue
		}
		exe, err := os.Readlink("/proc/" + e.Name() + "/exe")
		if err == nil && filepath.Base(strings.TrimSuffix(exe, " (deleted)")) == "postgres" {
			pids = append(pids, pid)
		}
	}
	return pids
}

// removeCluster deletes a cluster that no server runs on.
func (s *Server) removeCluster(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	if err := endAll(inFolder(real), func() []int { return inFolder(real) }); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}
