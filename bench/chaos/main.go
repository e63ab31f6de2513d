// Command chaos does to slot what must not happen, while visitors come and an
// app writes a line every millisecond, and reports what was lost: kill -9 of
// the daemon at random moments, in mid deployment and in mid rotation, of the
// keeper, of both; a full disk, no descriptors left, a torn configuration; a
// new daemon and a new program under load. It runs the real program in a state
// folder of its own.
//
//	go run ./bench/chaos -slot ./bin/slot -kills 100
//
// It exits with 1 when an app went down, a line was lost, doubled or torn, a
// new connection was refused while keeper or daemon lived, or configuration or
// history are not whole. Requests that were in flight at a kill may break; they
// are counted apart.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(run()) }

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	kills := flag.Int("kills", 100, "how often the daemon is killed; the other faults come a tenth as often")
	port := flag.Int("port", 32500, "first of five ports")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random moments")
	report := flag.String("report", "", "also write the report to this file")
	only := flag.String("only", "", "the faults whose name has this text")
	clock := flag.Bool("clock", false, "also move the machine's clock by hours, for seconds; needs root and a machine of its own")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := newRig(*program, *port)
	if r != nil {
		defer r.close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 1
	}
	s, err := newSuite(r, *kills, *seed)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 1
	}
	s.clock = *clock
	s.run(ctx, *only, os.Stderr)
	text := s.text()
	fmt.Print(text)
	if *report != "" {
		if err := os.WriteFile(*report, []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "chaos:", err)
			return 1
		}
	}
	if s.failed() {
		return 1
	}
	return 0
}
