package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// exhaustDescriptors leaves the daemon no descriptor for a while: connections
// wait, nothing ends.
func (s *suite) exhaustDescriptors(ctx context.Context) (int, error) {
	for i := range s.some() {
		pid := s.daemon()
		var old unix.Rlimit
		tight := unix.Rlimit{Cur: 8} // all below are taken since the start
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &old); err != nil {
			return i, err
		}
		tight.Max = old.Max
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &tight, nil); err != nil {
			return i, err
		}
		rest(ctx, 700*time.Millisecond)
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &old, nil); err != nil {
			return i, err
		}
		rest(ctx, 300*time.Millisecond)
		if s.daemon() != pid {
			return i, errors.New("the daemon ended without descriptors")
		}
	}
	return s.some(), nil
}

// tearConfig leaves half of slots.json and kills the daemon: the last good
// configuration must be in force, and come back.
func (s *suite) tearConfig(context.Context) (int, error) {
	if _, err := s.slot("config", "set", "b.branch=main"); err != nil {
		return 0, err
	}
	path := filepath.Join(s.home(), "slots.json")
	whole, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		return 0, err
	}
	pid := s.daemon()
	kill(pid)
	if err := s.nextDaemon(pid); err != nil {
		return 0, err
	}
	if _, err := s.slot("config", "validate"); err == nil {
		return 0, errors.New("a torn slots.json is not told of")
	}
	for _, name := range []string{"a", "b"} {
		if _, err := get(s.url(name)); err != nil {
			return 0, fmt.Errorf("slot %s with a torn slots.json: %w", name, err)
		}
	}
	if _, err := s.slot("config", "restore"); err != nil {
		return 0, err
	}
	out, err := s.slot("config", "get", "b.branch")
	if err == nil && !strings.Contains(out, "main") {
		err = fmt.Errorf("b.branch is %q after the restore", out)
	}
	if err == nil {
		_, err = s.slot("config", "set", "b.branch=")
	}
	return 1, err
}

// fillDisk leaves no byte in the state folder for a while. Lines that cannot
// be written are told of; nothing else is lost.
func (s *suite) fillDisk(ctx context.Context) (int, error) {
	if !s.mounted {
		s.skipped = append(s.skipped, "the disk is full: a small file system needs root")
		return 0, nil
	}
	ballast := filepath.Join(s.home(), "ballast")
	for i := range s.some() {
		err := s.deployOnFullDisk(ballast)
		pid := s.daemon()
		if i%2 == 1 {
			kill(pid)
		}
		rest(ctx, 500*time.Millisecond)
		if remove := os.Remove(ballast); err == nil {
			err = remove
		}
		if err == nil && i%2 == 1 {
			err = s.nextDaemon(pid)
		}
		if err != nil {
			return i, err
		}
	}
	if _, err := s.slot("deploy", "b", s.appFolder()); err != nil {
		return s.some(), err
	}
	s.ended++
	return s.some(), nil
}

// deployOnFullDisk fills the disk and deploys, which must fail. Where it does not
// and there is room, something was removed meanwhile, such as the oldest log at a
// rotation: then once more.
func (s *suite) deployOnFullDisk(ballast string) error {
	for range 5 {
		if err := fill(ballast); err != nil {
			return err
		}
		if _, err := s.slot("deploy", "b", s.appFolder()); err != nil {
			return nil
		}
		s.ended++
		var st unix.Statfs_t
		if err := unix.Statfs(s.home(), &st); err != nil {
			return err
		}
		if st.Bavail == 0 {
			break
		}
	}
	return errors.New("a deployment went through on a full disk")
}

// fill writes until there is no room.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		block := make([]byte, size)
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, unix.ENOSPC) {
			return err
		}
	}
	return nil
}
