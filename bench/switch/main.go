// Command switch redeploys an example again and again under constant load and
// counts what its visitors notice: requests that failed and requests that were
// slow. It starts the real program on ports and a state folder of its own.
//
//	go run ./bench/switch -slot ./bin/slot -redeploys 100
//
// It exits with 1 when a request was lost. Times are printed, never judged:
// machines differ.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/slot-paas/slot/bench/lab"
)

func main() {
	os.Exit(run())
}

func run() int {
	program := flag.String("slot", "bin/slot", "the slot program")
	example := flag.String("example", "examples/express", "the app that is deployed")
	redeploys := flag.Int("redeploys", 100, "how often")
	port := flag.Int("port", 32100, "first of five ports")
	flag.Parse()

	b, err := start(*program, *example, *port)
	if err != nil {
		fmt.Fprintln(os.Stderr, "switch:", err)
		return 1
	}
	defer b.stop()
	lab.OnSignal(b.stop)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l := newLoad(fmt.Sprintf("http://127.0.0.1:%d", *port))
	l.start(ctx)

	begin := time.Now()
	var slowest time.Duration
	for i := range *redeploys {
		at := time.Now()
		if out, err := b.slot("deploy", "a"); err != nil {
			fmt.Fprintf(os.Stderr, "switch: redeploy %d: %v\n%s", i+1, err, out)
			return 1
		}
		slowest = max(slowest, time.Since(at))
	}
	took := time.Since(begin)
	cancel()
	r := l.wait()

	fmt.Printf("## Switching\n\nAn Express app, redeployed again and again under %d visitors.\n\n| | |\n|---|---|\n", keepAlive+fresh+posting)
	fmt.Printf("| redeployments | %d in %v (each %v, slowest %v) |\n", *redeploys, took.Round(time.Second),
		(took / time.Duration(*redeploys)).Round(time.Millisecond), slowest.Round(time.Millisecond))
	fmt.Printf("| requests | %d (%.0f/s) |\n", r.requests, float64(r.requests)/took.Seconds())
	fmt.Printf("| failed | %d |\n", len(r.failures))
	fmt.Printf("| over 100 ms | %d of those that the app answers at once |\n", r.slow)
	fmt.Printf("| latency | p50 %v, p99 %v, p99.9 %v, longest %v |\n\n", r.quantile(0.5), r.quantile(0.99), r.quantile(0.999), r.quantile(1))
	for i, f := range r.failures {
		if i == 10 {
			break
		}
		fmt.Println("  ", f)
	}
	if len(r.failures) > 0 {
		return 1
	}
	return 0
}

// bench is a slot of its own.
type bench struct {
	program, dir string
	env          []string
}

func start(program, example string, port int) (*bench, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "slot-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{program: program, dir: dir, env: append(os.Environ(),
		"SLOT_HOME="+filepath.Join(dir, "state"), "SLOT_DATA="+filepath.Join(dir, "data"), "SLOT_BASE_PORT="+strconv.Itoa(port), "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0")}
	if example, err = filepath.Abs(example); err == nil {
		var out []byte
		if out, err = b.slot("deploy", "a", example); err == nil {
			return b, nil
		}
		err = fmt.Errorf("cannot deploy %s: %w\n%s", example, err, out)
	}
	b.stop()
	return nil, err
}

func (b *bench) slot(args ...string) ([]byte, error) {
	cmd := exec.Command(b.program, args...)
	cmd.Env = b.env
	return cmd.CombinedOutput()
}

func (b *bench) stop() {
	if out, err := b.slot("down"); err != nil {
		fmt.Fprintf(os.Stderr, "switch: %v\n%s", err, out)
		return // the folder may be in use
	}
	_ = os.RemoveAll(b.dir) // a temporary folder
}
