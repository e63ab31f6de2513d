package deploy

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

var (
	// portTaken is what runtimes print when a port is in use: errno's name (node,
	// Deno, Bun), or its text (Go, Python, Ruby, Java, Rust, PHP).
	portTaken = lazyregexp.New(`(?i)EADDRINUSE|address (is )?already in use`)
	// portIn finds the port in such a line: ":3000", "port 3000".
	portIn = lazyregexp.New(`(?i)(?::|port:? )(\d{2,5})\b`)
)

// taken reports whether an app's last words are about a port in use, and which
// one; 0 where they do not say.
func taken(output []string) (port int, ok bool) {
	for _, line := range slices.Backward(output) {
		if !portTaken.MatchString(line) {
			continue
		}
		ok = true
		if m := portIn.FindStringSubmatch(line); m != nil {
			port, _ = strconv.Atoi(m[1])
			return port, true
		}
	}
	return 0, ok
}

// oldHas reports whether the port that the new release finds taken is the old
// one's: then it can start as soon as that is stopped.
func (r *run) oldHas(port int) bool {
	if r.old == nil || r.down {
		return false
	}
	for _, p := range r.old.procs() {
		ports := listening(p)
		if port != 0 && slices.Contains(ports, port) {
			return true
		}
		// Without a number: the old one has a port that was not given to it.
		if port == 0 && slices.ContainsFunc(ports, func(own int) bool { return own != p.port }) {
			return true
		}
	}
	return false
}

// owner says who listens on a port, as far as slot knows.
func (e *Engine) owner(port int) string {
	for _, n := range slot.Names() {
		if e.Port(n) == port {
			return fmt.Sprintf("that is the address of slot %s", n)
		}
		for _, rec := range e.lanes[n].processRecords() {
			ports, _ := process.Listening(rec.Identity) // unreadable: not known
			if slices.Contains(ports, port) {
				return fmt.Sprintf("slot %s's app has it", n)
			}
		}
	}
	return "another program has it"
}

// listening are the ports that a process and what it started listen on; none
// where that cannot be read.
func listening(p *proc) []int {
	ports, _ := process.Listening(p.Snapshot().Identity)
	return ports
}
