package store_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// writerHome tells the test binary to be the writer of that home.
const writerHome = "SLOT_TEST_WRITER_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(writerHome); home != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(home))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled changes everything again and again and acknowledges each
// round on standard output once it returned.
func writeUntilKilled(home string) error {
	s, err := store.Open(home)
	if err != nil {
		return err
	}
	for {
		d, err := s.BeginDeployment(slot.Deployment{Slot: "a", State: slot.DeploymentRunning})
		if err != nil {
			return err
		}
		n := int(d.ID)
		if err := s.UpdateConfig(branchTo(fmt.Sprint("b", n))); err != nil {
			return err
		}
		if err := s.UpdateState("a", func(st *slot.SlotState) error { st.LastRelease = n; return nil }); err != nil {
			return err
		}
		if err := s.PutRelease(slot.Release{ID: n, Slot: "a"}); err != nil {
			return err
		}
		d.State = slot.DeploymentLive
		if err := s.SaveDeployment(d); err != nil {
			return err
		}
		store.Compact(s) // here each time, elsewhere once in thousands
		fmt.Println(n)
	}
}

func TestStore_LosesNothingItAcknowledgedWhenKilled(t *testing.T) {
	home := t.TempDir()
	acknowledged := 0
	for round := range 20 {
		last := killedWriter(t, home, time.Duration(rand.IntN(60))*time.Millisecond)
		acknowledged = max(acknowledged, last)
		s, err := store.Open(home)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := s.ConfigError(); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		var config int
		fmt.Sscanf(branch(s), "b%d", &config)
		d, ok := s.Deployment(int64(acknowledged))
		if config < acknowledged || s.State("a").LastRelease < acknowledged || !ok || d.State != slot.DeploymentLive {
			t.Errorf("round %d: acknowledged %d, found configuration %d, state %d, deployment %+v",
				round, acknowledged, config, s.State("a").LastRelease, d)
		}
		if _, err := s.Release("a", acknowledged); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		s.Close()
	}
	t.Logf("%d rounds of changes acknowledged", acknowledged)
}

// killedWriter runs a writer, kills it some time after its first
// acknowledgement, and returns the last one.
func killedWriter(t *testing.T, home string, after time.Duration) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerHome+"="+home)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if last == 0 {
			killer.Reset(after)
		}
		fmt.Sscan(lines.Text(), &last)
	}
	cmd.Wait()
	killer.Stop()
	if last == 0 {
		t.Fatal("the writer acknowledged nothing")
	}
	return last
}
