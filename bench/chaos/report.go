package main

import (
	"fmt"
	"strings"
	"time"
)

// text is the report.
func (s *suite) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-60s %5s %7s %9s %7s %7s %7s %8s %8s\n", "FAULT", "TIMES", "TOOK", "REQUESTS", "REFUSED", "BROKEN", "NOT 200", "SLOWEST", "LINES")
	var sum tally
	lines := 0
	for _, r := range s.rows {
		fmt.Fprintf(&b, "%-60s %5d %7s %9d %7d %7d %7d %8s %8d\n", r.fault, r.times, r.took.Round(100*time.Millisecond),
			r.t.requests, r.t.refused, r.t.broken, r.t.wrong, r.t.slowest.Round(time.Millisecond), r.lines)
		for _, w := range r.wrongs {
			fmt.Fprintf(&b, "  WRONG: %s\n", w)
		}
		for i, d := range r.details {
			if i < 8 {
				fmt.Fprintf(&b, "    %s\n", d)
			}
		}
		sum.requests += r.t.requests
		sum.refused += r.t.refused
		sum.broken += r.t.broken
		sum.wrong += r.t.wrong
		lines += r.lines
	}
	fmt.Fprintf(&b, "\n%d requests in %v: %d refused, %d broken in flight, %d answered otherwise; %d lines accounted for; seed %d\n",
		sum.requests, time.Since(s.begin).Round(time.Second), sum.refused, sum.broken, sum.wrong, lines, s.seed)
	for _, skipped := range s.skipped {
		fmt.Fprintf(&b, "not tried: %s\n", skipped)
	}
	if s.failed() {
		fmt.Fprintln(&b, "FAILED")
	} else {
		fmt.Fprintln(&b, "nothing was lost: no app down, no line lost, doubled or torn, no new connection refused, configuration and history whole")
	}
	return b.String()
}
