package supervisor

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func newShared(t *testing.T, env ...string) (*environment, *environment) {
	t.Helper()
	keeper, err := newEnvironment(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keeper.file.Close() })
	return keeper, &environment{file: keeper.file, env: env}
}

func TestEnvironment_ReplacesAllButSettingsAndNamesWhatChanged(t *testing.T) {
	keeper, daemon := newShared(t, "PATH=/bin", "TOKEN=old", "GONE=1", "SLOT_HOME=/s", "PWD=/old")
	changed, err := daemon.replace([]string{"PATH=/bin", "TOKEN=new", "NEW=2", "SLOT_HOME=/other", "PWD=/new", "_=/x"})
	if err != nil || !slices.Equal(changed, []string{"GONE", "NEW", "TOKEN"}) {
		t.Errorf("changed %q, %v", changed, err)
	}
	if daemon.get("TOKEN") != "new" || daemon.get("GONE") != "" || daemon.get("SLOT_HOME") != "/s" || daemon.get("PWD") != "/old" {
		t.Errorf("in force is %q", daemon.list())
	}
	next := keeper.of([]string{"PATH=/first"})
	if !slices.Contains(next, "TOKEN=new") || !slices.Contains(next, "SLOT_HOME=/s") || slices.Contains(next, "PATH=/first") {
		t.Errorf("the next daemon gets %q", next)
	}
	if changed, err := daemon.replace(daemon.list()); len(changed) != 0 || err != nil {
		t.Errorf("changed %q, %v", changed, err)
	}
}

func TestEnvironment_IsTheFirstOneWhereAKillTore(t *testing.T) {
	keeper, daemon := newShared(t, "A=1")
	if got := keeper.of([]string{"A=first", readyVariable + "=7"}); !slices.Equal(got, []string{"A=first"}) {
		t.Errorf("before anything was handed over: %q", got)
	}
	if _, err := daemon.replace([]string{"A=2", "B=3"}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Ftruncate(int(keeper.fd()), 9); err != nil {
		t.Fatal(err)
	}
	if got := keeper.of([]string{"A=first"}); !slices.Equal(got, []string{"A=first"}) {
		t.Errorf("torn: %q", got)
	}
	alone := &environment{env: []string{"A=1"}} // slot serve
	if changed, err := alone.replace([]string{"A=2"}); err != nil || !slices.Equal(changed, []string{"A"}) {
		t.Errorf("without a keeper: %q, %v", changed, err)
	}
}
