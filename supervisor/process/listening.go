package process

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Listening returns the TCP ports that the process or what it started listens on,
// ascending. It is how an app that ignores PORT is noticed.
func Listening(id slot.Identity) ([]int, error) {
	inodes := map[string]bool{}
	for pid := range tree(id) {
		dir := "/proc/" + strconv.Itoa(pid) + "/fd/"
		fds, err := os.ReadDir(dir)
		if err != nil {
			continue // gone
		}
		for _, fd := range fds {
			target, err := os.Readlink(dir + fd.Name())
			if err != nil {
				continue
			}
			if rest, ok := strings.CutPrefix(target, "socket:["); ok {
				inodes[strings.TrimSuffix(rest, "]")] = true
			}
		}
	}
	var ports []int
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if errors.Is(err, fs.ErrNotExist) {
			continue // no IPv6 here
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read the listening sockets: %w", err)
		}
		for inode, port := range parseListeners(string(b)) {
			if inodes[inode] && !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	slices.Sort(ports)
	return ports, nil
}

// parseListeners reads proc_net_tcp: the listening sockets' inodes and ports.
// Sockets of two addresses may share a port.
func parseListeners(table string) map[string]int {
	const listen = "0A" // TCP_LISTEN in include/net/tcp_states.h
	found := map[string]int{}
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != listen {
			continue
		}
		_, port, ok := strings.Cut(f[1], ":")
		b, err := hex.DecodeString(port)
		if !ok || err != nil || len(b) != 2 {
			continue
		}
		found[f[9]] = int(b[0])<<8 | int(b[1])
	}
	return found
}

// Memory returns the resident memory of the process and what it started in KiB,
// shared pages counted once for each process.
func Memory(id slot.Identity) int64 {
	var pages int64
	for pid := range tree(id) {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
		if err != nil {
			continue
		}
		if f := strings.Fields(string(b)); len(f) > 1 {
			n, err := strconv.ParseInt(f[1], 10, 64)
			if err == nil {
				pages += n
			}
		}
	}
	return pages * int64(os.Getpagesize()) / 1024
}
