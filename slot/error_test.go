package slot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestExitCode_FollowsTheKind(t *testing.T) {
	cause := errors.New("cause")
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"no error", nil, 0},
		{"an error without a kind", cause, 1},
		{"failed", slot.E(slot.KindFailed, "", cause), 1},
		{"usage", slot.E(slot.KindUsage, "", cause), 2},
		{"unreachable", slot.E(slot.KindUnreachable, "", cause), 3},
		{"kept", slot.E(slot.KindKept, "", cause), 4},
		{"down", slot.E(slot.KindDown, "", cause), 5},
		{"not found", slot.E(slot.KindNotFound, "", cause), 6},
		{"refused", slot.E(slot.KindRefused, "", cause), 7},
		{"canceled", slot.E(slot.KindCanceled, "", cause), 8},
		{"a kind of a later version", slot.E("novel", "", cause), 1},
		{"a canceled context", fmt.Errorf("cannot wait: %w", context.Canceled), 8},
		{"a kind below other words", fmt.Errorf("slot a: %w", slot.E(slot.KindNotFound, "", cause)), 6},
		{"the outer of two kinds", slot.E(slot.KindKept, "", slot.E(slot.KindUsage, "", cause)), 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := slot.ExitCode(tt.err); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
}

func TestError_KeepsKindHintAndTextThroughJSON(t *testing.T) {
	in := slot.AsError(slot.E(slot.KindNotFound, "slot releases a", fmt.Errorf("no release 9: %w", fs.ErrNotExist)))
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"kind":"not_found","message":"no release 9: file does not exist","hint":"slot releases a"}`
	if string(b) != want {
		t.Errorf("JSON is %s, want %s", b, want)
	}
	var out slot.Error
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if out.Kind != in.Kind || out.Hint != in.Hint || out.Error() != in.Error() {
		t.Errorf("came back as %#v", out)
	}
	if err := json.Unmarshal([]byte(`{"kind":3}`), &out); err == nil {
		t.Error("a kind that is no text was read")
	}
}

func TestE_GivesNilForNoError(t *testing.T) {
	if err := slot.E(slot.KindFailed, "hint", nil); err != nil {
		t.Errorf("E of nil is %v", err)
	}
	if slot.AsError(nil) != nil {
		t.Error("AsError of nil is an error")
	}
}

func TestAsError_KeepsTheCauseAndTheWholeText(t *testing.T) {
	err := fmt.Errorf("slot a: %w", slot.E(slot.KindUsage, "do this", fmt.Errorf("cannot: %w", fs.ErrExist)))
	e := slot.AsError(err)
	if e.Kind != slot.KindUsage || e.Hint != "do this" || e.Error() != err.Error() || !errors.Is(e, fs.ErrExist) {
		t.Errorf("AsError gave %#v", e)
	}
}
