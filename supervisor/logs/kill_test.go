package logs_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/supervisor/logs"
)

// The test binary runs again as a daemon, or as an app that writes.
const (
	roleVariable  = "SLOT_TEST_ROLE"
	countVariable = "SLOT_TEST_COUNT"
	dirVariable   = "SLOT_TEST_DIR"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "writer":
		count, _ := strconv.Atoi(os.Getenv(countVariable))
		line := []byte(strings.Repeat("x", 99) + "\n")
		for range count {
			os.Stdout.Write(line)
		}
	case "daemon":
		dir := os.Getenv(dirVariable)
		l, err := logs.Open(filepath.Join(dir, "logs"), killOptions)
		if err == nil {
			_, err = l.Attach("web.1", filepath.Join(dir, "fifo"))
		}
		fmt.Println(err)
		select {}
	default:
		os.Exit(m.Run())
	}
}

var killOptions = logs.Options{MaxBytes: 1 << 20, Keep: 1000}

func TestOutput_LosesNoLineWhenTheDaemonIsKilled(t *testing.T) {
	dir := t.TempDir()
	fifos := filepath.Join(dir, "fifo")
	first := open(t, filepath.Join(dir, "logs"), killOptions)
	o := attach(t, first, fifos)
	out, _ := o.Paths()
	f := app(t, out) // keeps the FIFO while no daemon lives
	first.Close()

	stop, written := make(chan struct{}), make(chan int)
	go func() { written <- numberedLines(f, stop) }()
	for range 25 {
		killDaemon(t, dir, time.Duration(rand.IntN(20_000))*time.Microsecond)
	}
	l := open(t, filepath.Join(dir, "logs"), killOptions)
	o = attach(t, l, fifos)
	close(stop)
	want := <-written
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
	lines, err := l.Tail(10 * want)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		if line.Text != numbered(i) || line.Stream != logs.Stdout {
			t.Fatalf("line %d of %d is %+v", i, want, line)
		}
	}
	if len(lines) != want {
		t.Fatalf("got %d lines of %d", len(lines), want)
	}
	t.Logf("%d lines", want)
}

func numbered(i int) string { return fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%150)) }

// numberedLines writes lines as fast as they are taken, in pieces that end
// anywhere, and returns how many.
func numberedLines(f *os.File, stop chan struct{}) int {
	var held []byte
	for i := 0; ; i++ {
		select {
		case <-stop:
			f.Write(held)
			return i
		default:
		}
		held = append(append(held, numbered(i)...), '\n')
		if n := rand.IntN(1000); n < len(held) {
			f.Write(held[:n])
			held = held[n:]
		}
	}
}

// killDaemon runs a daemon and kills it that long after it was ready.
func killDaemon(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=daemon", dirVariable+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := bufio.NewScanner(out)
	if !ready.Scan() || ready.Text() != "<nil>" {
		t.Errorf("the daemon says %q", ready.Text())
	}
	time.AfterFunc(after, func() { cmd.Process.Kill() })
	cmd.Wait()
}
