// Command proxy measures what a slot's port costs: requests through slot,
// nginx (with upstream keep-alive) and Caddy, and direct to the app, in turns
// in one run, by wrk. It prints a section of docs/benchmarks.md.
//
//	go run ./bench/proxy -slot bin/slot -rounds 3
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/bench/lab"
)

func main() {
	os.Exit(run())
}

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	rounds := flag.Int("rounds", 3, "how often each is measured")
	seconds := flag.Int("seconds", 2, "how long")
	port := flag.Int("port", 31560, "first of twenty ports")
	flag.Parse()

	s, err := newStage(*program, *port)
	if err == nil {
		defer s.close()
		lab.OnSignal(s.close)
		err = s.measure(*rounds, *seconds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		return 1
	}
	s.print()
	return 0
}

// runs are what is asked for.
var runs = []struct {
	path        string
	connections int
}{{"/", 1}, {"/", 16}, {"/", 128}, {"/big", 16}}

type result struct{ rate, p99, cpu []float64 }

// measure runs all against all, in turns.
func (s *stage) measure(rounds, seconds int) error {
	for range rounds {
		for i, r := range runs {
			for _, c := range s.contenders {
				before := lab.CPU(c.pids()...)
				rate, p99, err := wrk(s.wrk, r.connections, seconds, "http://127.0.0.1:"+strconv.Itoa(c.port)+r.path)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				cpu := lab.CPU(c.pids()...) - before
				m := &c.results[i]
				m.rate = append(m.rate, rate)
				m.p99 = append(m.p99, p99)
				m.cpu = append(m.cpu, cpu.Seconds()/(rate*float64(seconds))*10_000)
			}
		}
	}
	return nil
}

// why says why slot may not be the fastest proxy of a path.
func why(path string) string {
	if path == "/big" {
		return "Both copy through Go's standard library, in pieces of about the same size; which is ahead differs from run to run."
	}
	return "nginx is written in C, has no collector and rewrites no header but Host; slot parses and checks each request and answer " +
		"with Go's standard library, strips tokens and cookies, sets X-Forwarded-* and counts."
}

func (s *stage) print() {
	fmt.Printf("## Proxy\n\nRequests a second through each, by wrk with one thread, which shares the machine; 1 KiB and 10 MiB from the same app.\n\n")
	for i, r := range runs {
		t := lab.NewTable(fmt.Sprintf("`%s`, %d connections", r.path, r.connections), "requests/s", "of direct", "slot is", "p99 ms", "CPU s for 10,000")
		direct, own := lab.Median(s.contenders[0].results[i].rate), lab.Median(s.contenders[1].results[i].rate)
		var names []string
		speed := lab.Column{Name: "requests", More: true, Why: why(r.path)}
		for j, c := range s.contenders {
			m := c.results[i]
			rate := lab.Median(m.rate)
			if j > 0 {
				names, speed.Values = append(names, c.name), append(speed.Values, rate)
			}
			t.Row(c.name, lab.F(rate, 0), lab.F(rate/direct, 2), lab.F(own/rate, 2)+" ×", lab.F(lab.Median(m.p99), 1), lab.F(lab.Median(m.cpu), 2))
		}
		t.Write(os.Stdout)
		lab.Behind(os.Stdout, names, 0, speed)
	}
	fmt.Print(strings.TrimLeft(`
nginx may be last on large answers: it puts them into files when the client is slower than the app. The row direct has no proxy.

`, "\n"))
}
