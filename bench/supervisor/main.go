// Command supervisor measures slot against what else keeps apps running: PM2,
// supervisord, runit and s6, all with the same app, in turns in one run. It
// prints a section of docs/benchmarks.md.
//
//	go run ./bench/supervisor -slot bin/slot -rounds 3
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

func main() {
	os.Exit(run())
}

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	rounds := flag.Int("rounds", 3, "how often each is measured")
	crash := flag.Duration("crash", 30*time.Second, "how long the crash loop is watched")
	port := flag.Int("port", 31500, "first of sixty ports")
	flag.Parse()

	if err := bench(*program, *port, *rounds, *crash); err != nil {
		fmt.Fprintln(os.Stderr, "supervisor:", err)
		return 1
	}
	return 0
}

// keeper is a supervisor under test. Its apps are named a to e.
type keeper interface {
	starter
	name() string
	up(apps int, env ...string) error // the supervisor with so many apps; returns when told so
	status() error
	pids() []int // of the supervisor, without apps
	log(app string) string
	down()
}

// starter starts and stops apps.
type starter interface {
	stop(app string) error
	start(app string) error // asks for it
	port(app string) int
}

// starts is how often one app is started in a round: one such time is no
// longer than a hiccup of the machine.
const starts = 5

func bench(program string, port, rounds int, crash time.Duration) error {
	dir, err := os.MkdirTemp("", "slot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	app, err := lab.BuildApp(dir)
	if err != nil {
		return err
	}
	all := []keeper{
		&slotKeeper{program: program, at: place{dir: dir + "/slot", app: app, base: port}},
		&pm2{at: place{dir: dir + "/pm2", app: app, base: port + 10}},
		&supervisord{at: place{dir: dir + "/supervisord", app: app, base: port + 20}},
		&runit{at: place{dir: dir + "/runit", app: app, base: port + 30}},
		&s6{runit{at: place{dir: dir + "/s6", app: app, base: port + 40}}},
	}
	bare := &alone{at: place{app: app, base: port + 50}}
	lab.OnSignal(func() {
		bare.down()
		for _, k := range all {
			k.down()
		}
	})
	calm, least, err := measureCalm(all, bare, rounds)
	if err != nil {
		return err
	}
	faults, err := measureFaults(all, crash)
	if err != nil {
		return err
	}
	printCalm(all, calm, least)
	printFaults(all, faults, crash)
	return nil
}

// figures are what was measured of one supervisor that has nothing to mend.
type figures struct{ pss, switches, one, five, status, killed []float64 }

func measureCalm(all []keeper, bare *alone, rounds int) (got []figures, least figures, err error) {
	got = make([]figures, len(all))
	for range rounds {
		if err := bare.round(&least); err != nil {
			return nil, least, err
		}
		for i, k := range all {
			if err := calmRound(k, &got[i]); err != nil {
				k.down()
				return nil, least, fmt.Errorf("%s: %w", k.name(), err)
			}
			k.down()
		}
	}
	return got, least, nil
}

func calmRound(k keeper, f *figures) error {
	if err := k.up(5); err != nil {
		return err
	}
	for _, app := range names {
		if err := answers(k, app); err != nil {
			return err
		}
	}
	if err := timed(&f.five, k, names); err != nil {
		return err
	}
	for range starts {
		if err := timed(&f.one, k, names[:1]); err != nil {
			return err
		}
	}
	begin := time.Now()
	if err := k.status(); err != nil {
		return err
	}
	f.status = append(f.status, ms(time.Since(begin)))

	<-time.After(2 * time.Second) // an app that was up for less is not restarted at once by some
	took, err := killed(k, "a")
	if err != nil {
		return err
	}
	f.killed = append(f.killed, ms(took))

	<-time.After(4 * time.Second)
	before := lab.Switches(k.pids()...)
	<-time.After(3 * time.Second)
	f.switches = append(f.switches, float64(lab.Switches(k.pids()...)-before)/3)
	f.pss = append(f.pss, lab.PSS(k.pids()...))
	return nil
}

// timed stops the apps, and measures from the commands that start them to
// the last one's first answer.
func timed(to *[]float64, k starter, apps []string) error {
	for _, app := range apps {
		if err := k.stop(app); err != nil {
			return err
		}
	}
	begin := time.Now()
	started := make(chan error, len(apps))
	for _, app := range apps {
		go func() { started <- k.start(app) }()
	}
	for _, app := range apps {
		if err := answers(k, app); err != nil {
			return err
		}
	}
	*to = append(*to, ms(time.Since(begin)))
	for range apps {
		if err := <-started; err != nil {
			return err
		}
	}
	return nil
}

// killed kills an app and returns how long it was away.
func killed(k keeper, app string) (time.Duration, error) {
	pid, err := lab.Get(url(k, app) + "/pid")
	if err != nil {
		return 0, err
	}
	id, err := strconv.Atoi(pid)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := kill(id); err != nil {
		return 0, err
	}
	for time.Since(begin) < 30*time.Second {
		if now, err := lab.Get(url(k, app) + "/pid"); err == nil && now != pid {
			return time.Since(begin), nil
		}
	}
	return 0, fmt.Errorf("%s did not come back", app)
}

func answers(k starter, app string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := lab.Answers(ctx, url(k, app)+"/pid")
	return err
}

func url(k starter, app string) string { return "http://127.0.0.1:" + strconv.Itoa(k.port(app)) }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// calmColumns are the table's, and why slot's figure may not be the best.
var calmColumns = []lab.Column{
	{Name: "memory", Decimals: 1, Why: "runit and s6 are small C programs, and none of them does more than start and stop; slot's two processes hold a Go runtime each, and the daemon is proxy, log, build and control in one."},
	{Name: "switches", Decimals: 1, Why: "They sleep in one poll; Go's runtime and the daemon's watches wake up now and then."},
	{Name: "one app starts", Why: "Their command is a small C program, and they start what they are told to and look no further. Half of what slot needs over the app alone passes before its command, a large Go program, has asked the daemon; the rest is a deployment of the kept release: written to disk, put into a sandbox, asked for an answer."},
	{Name: "five start", Why: "As for one."},
	{Name: "`status`", Why: "They read a file or ask one small program; slot starts a large Go program that asks the daemon about all five."},
	{Name: "kill -9 of the app", Why: "slot looks for what the dead app left behind, writes the new process down before it may run, and puts it into a sandbox; they do nothing of it."},
}

func printCalm(all []keeper, got []figures, least figures) {
	fmt.Print("## Supervisors\n\nFive apps, each a small Go server. Memory is of the supervisor's own processes (PSS), switches are theirs at rest; times are from the\n" +
		"command, or the kill, to the first 200 through the app's address. The app alone is started by the bench itself.\n\n")
	t := lab.NewTable("", "memory MiB", "switches/s", "one app starts, ms", "five start, ms", "`status`, ms", "kill -9 of the app to the next answer, ms")
	var rows []string
	columns := slices.Clone(calmColumns)
	for i, k := range all {
		rows = append(rows, k.name())
		cells := []string{k.name()}
		for j, values := range [][]float64{got[i].pss, got[i].switches, got[i].one, got[i].five, got[i].status, got[i].killed} {
			v := lab.Median(values)
			columns[j].Values = append(columns[j].Values, v)
			cells = append(cells, lab.F(v, columns[j].Decimals))
		}
		t.Row(cells...)
	}
	t.Row("the app alone", "–", "–", lab.F(lab.Median(least.one), 0), lab.F(lab.Median(least.five), 0), "–", lab.F(lab.Median(least.killed), 0))
	t.Write(os.Stdout)
	lab.Behind(os.Stdout, rows, 0, columns...)
}
