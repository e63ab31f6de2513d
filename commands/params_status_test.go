package commands

import (
	"context"
	"testing"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// A program that was ended between its note and the server's answer cannot be
// provoked on a real server: what is found afterwards is.
func TestOutcome_OfAChangeWhoseBuildIsNotNoted(t *testing.T) {
	change := []coder.Change{{Name: "A", From: "x", To: "y"}}
	for name, c := range map[string]struct {
		latest int
		value  string
		build  bool
		fails  bool
	}{
		"it was never queued":       {3, "x", false, false},
		"the next build has it":     {4, "y", true, false},
		"the next build has it not": {4, "x", false, true},
		"others have built since":   {5, "y", false, true},
	} {
		s := &coderSession{
			ws:     coder.Workspace{Owner: "ada", Name: "ws", Build: coder.Build{Number: c.latest, State: coder.BuildSucceeded}},
			params: []coder.Parameter{{Name: "A", Value: c.value}},
		}
		b, err := s.outcome(context.Background(), &coder.Intent{Workspace: "ada/ws", Before: 3, Changes: change})
		if (b != nil) != c.build || (err != nil) != c.fails {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
	s := &coderSession{ws: coder.Workspace{Owner: "ada", Name: "other"}}
	if _, err := s.outcome(context.Background(), &coder.Intent{Workspace: "ada/ws"}); slot.AsError(err).Kind != slot.KindUsage {
		t.Errorf("another workspace: %v", err)
	}
}

func TestUndo_CanBePastedIntoAShell(t *testing.T) {
	s := &coderSession{ws: coder.Workspace{Owner: "ada", Name: "ws"}}
	changes := []coder.Change{{Name: "A", From: "a b"}, {Name: "B", From: "it's"}, {Name: "C", From: "plain-1"}}
	if got, want := s.undo(changes), `slot params set 'A=a b' 'B=it'\''s' C=plain-1`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.access.WorkspaceFrom = "--workspace"
	if got, want := s.undo(changes[2:]), `slot params set C=plain-1 --workspace ada/ws`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
