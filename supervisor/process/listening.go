package process

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Listening returns the TCP ports that the process or what it started listens
// on, ascending. It is how an app that ignores PORT is noticed.
func Listening(id slot.Identity) ([]int, error) {
	listeners, err := Listeners(id)
	if err != nil {
		return nil, err
	}
	var ports []int
	for _, l := range listeners {
		if port := int(l.Port()); !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return ports, nil
}

// Listeners returns the addresses that the process or what it started listens
// on, in no order.
func Listeners(id slot.Identity) ([]netip.AddrPort, error) {
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
	var listeners []netip.AddrPort
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if errors.Is(err, fs.ErrNotExist) {
			continue // no IPv6 here
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read the listening sockets: %w", err)
		}
		for inode, address := range parseListeners(string(b)) {
			if inodes[inode] {
				listeners = append(listeners, address)
			}
		}
	}
	return listeners, nil
}

// parseListeners reads proc_net_tcp: the listening sockets' inodes and
// addresses.
func parseListeners(table string) map[string]netip.AddrPort {
	const listen = "0A" // TCP_LISTEN in include/net/tcp_states.h
	found := map[string]netip.AddrPort{}
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != listen {
			continue
		}
		if address, ok := parseSocket(f[1]); ok {
			found[f[9]] = address
		}
	}
	return found
}

// parseSocket reads "0100007F:0BB9": the address in words of 32 bits, each as
// it lies in memory, and the port.
func parseSocket(text string) (netip.AddrPort, bool) {
	ip, port, ok := strings.Cut(text, ":")
	b, err := hex.DecodeString(port)
	if !ok || err != nil || len(b) != 2 {
		return netip.AddrPort{}, false
	}
	raw, err := hex.DecodeString(ip)
	if err != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	address, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(address.Unmap(), binary.BigEndian.Uint16(b)), ok
}

// Commands returns the command lines of the process and what it started, in no
// order; arguments are separated by spaces.
func Commands(id slot.Identity) []string {
	var commands []string
	for pid := range tree(id) {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if err == nil && len(b) > 0 {
			commands = append(commands, strings.ReplaceAll(strings.TrimRight(string(b), "\x00"), "\x00", " "))
		}
	}
	return commands
}
