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

	"github.com/slot-paas/slot/bench/lab"
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
	lab.OnSignal(b.close)
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
	fmt.Printf("## Redeploying\n\nMedians of %d redeployments with an unchanged lock file, without and with slot in turns.\n\n", runs)
	t := lab.NewTable("app", "without slot", "slot prepares", "ratio", "of it hooks", "`slot deploy`, whole", "rollback")
	for _, r := range rows {
		t.Row(r.app, lab.F(r.naive, 2)+" s", lab.F(r.prepare, 2)+" s", lab.F(r.naive/r.prepare, 1)+" ×", lab.F(r.hooks, 2)+" s",
			lab.F(r.whole, 2)+" s", lab.F(r.rollback, 2)+" s")
	}
	t.Write(os.Stdout)
	fmt.Println("Without slot: rm -rf, git clone, install, build, with the tools' own caches warm; without the start. slot prepares: its")
	fmt.Println("steps fetch, detect and build; hooks: detect and build less the commands that the hook ran. Where the build is nearly all")
	fmt.Print("there is to do (vite, go-api, static) both do the same work, and slot adds its checks.\n\n")
}
