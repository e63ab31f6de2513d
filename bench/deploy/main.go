// Command deploy measures what a redeployment costs: a commit that changes the
// source and leaves the lock file alone, taken to a prepared release (fetched,
// dependencies installed, built), by slot and by what a script does without it:
// delete, clone, install, build. Both take the same commit from the same local
// repository, in alternation, in one run; a table of medians and their ratios
// is printed. Beside it stand the whole `slot deploy`, started, checked and
// switched, and a rollback.
//
//	go run ./bench/deploy -slot ./bin/slot -runs 5
//
// It exits with 1 when a deployment failed. Times are printed, never judged:
// machines differ, ratios hardly.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

func main() {
	os.Exit(run())
}

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	examples := flag.String("examples", "examples", "the folder of the apps")
	only := flag.String("only", "", "names of apps, separated by commas; all")
	runs := flag.Int("runs", 5, "how often each is deployed")
	port := flag.Int("port", 32400, "first of five ports")
	flag.Parse()

	b, err := newBench(*program, *port)
	if err != nil {
		fmt.Fprintln(os.Stderr, "deploy:", err)
		return 1
	}
	defer b.close()
	var rows []row
	for _, a := range apps {
		if *only != "" && !strings.Contains(","+*only+",", ","+a.name+",") {
			continue
		}
		r, err := b.measure(a, filepath.Join(*examples, a.name), *runs)
		if err != nil {
			fmt.Fprintf(os.Stderr, "deploy: %s: %v\n", a.name, err)
			return 1
		}
		rows = append(rows, r)
	}
	print(rows, *runs)
	return 0
}

func print(rows []row, runs int) {
	fmt.Printf("Medians of %d redeployments with an unchanged lock file; naive and slot in alternation.\n\n", runs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "app\tnaive\tslot prepares\tratio\tof it hooks\tslot deploy, whole\trollback\t")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%.2f s\t%.2f s\t%.0f ×\t%.2f s\t%.2f s\t%.2f s\t\n", r.app, r.naive, r.prepare, r.naive/r.prepare,
			r.hooks, r.whole, r.rollback)
	}
	w.Flush()
	fmt.Println("\nnaive: rm -rf, git clone, install, build, with the tools' own caches warm; without the start.")
	fmt.Println("slot prepares: its steps fetch, detect and build. hooks: detect and build less the commands that the hook ran.")
}
