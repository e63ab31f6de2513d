package slot_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestDuration_ReadsTextAndSeconds(t *testing.T) {
	for _, tt := range []struct {
		name, json string
		want       time.Duration
		ok         bool
	}{
		{"seconds as text", `"90s"`, 90 * time.Second, true},
		{"mixed units", `"1m30s"`, 90 * time.Second, true},
		{"a number is seconds", `2`, 2 * time.Second, true},
		{"a fraction of a second", `0.25`, 250 * time.Millisecond, true},
		{"zero", `0`, 0, true},
		{"negative text", `"-1s"`, 0, false},
		{"a negative number", `-1`, 0, false},
		{"more than fits", `1e300`, 0, false},
		{"text without a unit", `"10"`, 0, false},
		{"an empty text", `""`, 0, false},
		{"a list", `[1]`, 0, false},
		{"a bool", `true`, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d slot.Duration
			err := json.Unmarshal([]byte(tt.json), &d)
			if (err == nil) != tt.ok || time.Duration(d) != tt.want {
				t.Errorf("read %s as %v, %v", tt.json, d, err)
			}
		})
	}
}

func TestDuration_WritesWhatItReads(t *testing.T) {
	for _, d := range []slot.Duration{0, 1, slot.Duration(time.Millisecond), slot.Duration(90 * time.Second), slot.Duration(1<<63 - 1)} {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back slot.Duration
		if err := json.Unmarshal(b, &back); err != nil || back != d {
			t.Errorf("%d became %s, then %d: %v", d, b, back, err)
		}
	}
}

func TestDurationOr_TakesTheDefaultForZeroOnly(t *testing.T) {
	if got := slot.Duration(0).Or(time.Minute); got != time.Minute {
		t.Errorf("0 or a minute is %v", got)
	}
	if got := slot.Duration(1).Or(time.Minute); got != 1 {
		t.Errorf("1 ns or a minute is %v", got)
	}
}
