// Command logs measures how fast an app's lines reach the disk: through slot
// (stamped, masked, rotated), supervisord, s6-log and runit's svlogd, in turns
// in one run, each fed by the same program with a write a line. It prints a
// section of docs/benchmarks.md, and fails when slot lost or tore a line.
//
//	go run ./bench/logs -slot bin/slot -lines 500000
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/slot-paas/slot/bench/lab"
)

func main() {
	os.Exit(run())
}

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	rounds := flag.Int("rounds", 3, "how often each is measured")
	lines := flag.Int("lines", 500_000, "how many lines of 100 bytes")
	port := flag.Int("port", 31580, "first of twenty ports")
	flag.Parse()

	err := measure(*program, *port, *rounds, *lines)
	if err != nil {
		fmt.Fprintln(os.Stderr, "logs:", err)
		return 1
	}
	return 0
}

// writer is one way to the disk.
type writer struct {
	name string
	run  func(lines int) (outcome, error)
	got  []outcome
}

// outcome is what became of one run.
type outcome struct {
	seconds, cpu float64
	lost, torn   int
}

func measure(program string, port, rounds, lines int) error {
	dir, err := os.MkdirTemp("", "slot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	writers, done, err := newWriters(program, dir, port)
	if err != nil {
		return err
	}
	defer done()
	lab.OnSignal(done)
	for range rounds {
		for _, w := range writers {
			o, err := w.run(lines)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			w.got = append(w.got, o)
		}
	}
	print(writers, lines)
	for _, o := range writers[0].got {
		if o.lost > 0 || o.torn > 0 {
			return fmt.Errorf("slot lost %d lines and tore %d", o.lost, o.torn)
		}
	}
	return nil
}

func print(writers []*writer, lines int) {
	fmt.Printf("## Logs\n\n%d lines of 100 bytes, a write each, until all are on disk; rotated at 10 MiB.\n\n", lines)
	t := lab.NewTable("", "million lines/s", "slot is", "CPU s", "lost", "torn")
	var (
		own   float64
		names []string
		speed = lab.Column{Name: "lines", Decimals: 2, More: true, Why: "supervisord and s6-log write what they read as it is: no time, no process, no masking."}
		spent = lab.Column{Name: "CPU", Decimals: 2, Why: "As for the lines: slot stamps, masks and keeps what a killed daemon had read."}
	)
	for i, w := range writers {
		var seconds, cpu []float64
		lost, torn := 0, 0
		for _, o := range w.got {
			seconds, cpu = append(seconds, o.seconds), append(cpu, o.cpu)
			lost, torn = max(lost, o.lost), max(torn, o.torn)
		}
		rate := float64(lines) / lab.Median(seconds) / 1e6
		if i == 0 {
			own = rate
		}
		names = append(names, w.name)
		speed.Values, spent.Values = append(speed.Values, rate), append(spent.Values, lab.Median(cpu))
		t.Row(w.name, lab.F(rate, 2), lab.F(own/rate, 2)+" ×", lab.F(lab.Median(cpu), 2), fmt.Sprint(lost), fmt.Sprint(torn))
	}
	t.Write(os.Stdout)
	lab.Behind(os.Stdout, names, 0, speed, spent)
	fmt.Print("svlogd was asked for times, as slot has them. The app's own writes are the bound: about half a second of one core. CPU is\n" +
		"the supervisor's.\n\n")
}
