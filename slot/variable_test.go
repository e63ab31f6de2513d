package slot_test

import (
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestValidateVariable(t *testing.T) {
	for _, tt := range []struct {
		name, variable, value string
		ok                    bool
	}{
		{"a plain one", "GREETING", "hello", true},
		{"an empty value", "A", "", true},
		{"an underscore first", "_a1", "x", true},
		{"a value with quotes, lines and $", "A", "\"$HOME\"\n`id`\t'", true},
		{"no name", "", "x", false},
		{"a digit first", "1A", "x", false},
		{"a dash", "A-B", "x", false},
		{"an equals sign", "A=B", "x", false},
		{"a line break in the name", "A\n", "x", false},
		{"other letters", "Ä", "x", false},
		{"a NUL", "A", "x\x00y", false},
		{"bytes that are not UTF-8", "A", "\xff", false},
		{"128 bytes of name", strings.Repeat("A", 128), "x", true},
		{"129 bytes of name", strings.Repeat("A", 129), "x", false},
		{"the largest value", "A", strings.Repeat("x", slot.MaxVariable), true},
		{"one byte more", "A", strings.Repeat("x", slot.MaxVariable+1), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := slot.ValidateVariable(tt.variable, tt.value)
			if (err == nil) != tt.ok || err != nil && slot.AsError(err).Kind != slot.KindUsage {
				t.Errorf("%v", err)
			}
			if err != nil && len(tt.value) > 1 && strings.Contains(err.Error(), tt.value) {
				t.Error("the error shows the value")
			}
		})
	}
}

func TestValidateEnvironment_RefusesWhatSlotSets(t *testing.T) {
	for _, name := range []string{"PORT", "HOST", "SLOT_NAME", "SLOT_ANYTHING"} {
		if err := slot.ValidateEnvironment(map[string]string{"A": "1", name: "x"}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := slot.ValidateEnvironment(map[string]string{"PORTAL": "1", "SLOTS": "2", "port": "3"}); err != nil {
		t.Error(err)
	}
}
