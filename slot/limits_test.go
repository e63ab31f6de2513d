package slot_test

import (
	"encoding/json"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestSize_ReadsWhatItWritesAndRefusesTheRest(t *testing.T) {
	for text, want := range map[string]string{
		`"512M"`: "512M", `"512MiB"`: "512M", `"512 mb"`: "512M", `"1.5G"`: "1536M", `"2g"`: "2G", `"100K"`: "100K", `"1T"`: "1T",
		`"1024M"`: "1G", `"512"`: "", `512`: "", `"-1M"`: "", `"0M"`: "", `"M"`: "", `"many"`: "", `"1e300T"`: "", `"NaNM"`: "",
	} {
		var s slot.Size
		if err := json.Unmarshal([]byte(text), &s); (err != nil) != (want == "") || err == nil && s.String() != want {
			t.Errorf("%s is %v (%v), want %q", text, s, err, want)
		}
	}
}

func TestCores_ReadsNumbersAndShares(t *testing.T) {
	for text, want := range map[string]string{
		`"0.5"`: "0.5", `"50%"`: "0.5", `2`: "2", `"150 %"`: "1.5", `0.25`: "0.25", `"0"`: "", `"-1"`: "", `"half"`: "", `true`: "", `"Inf"`: "",
	} {
		var c slot.Cores
		if err := json.Unmarshal([]byte(text), &c); (err != nil) != (want == "") || err == nil && c.String() != want {
			t.Errorf("%s is %v (%v), want %q", text, c, err, want)
		}
	}
}

func TestPercent_StaysWithinAHundred(t *testing.T) {
	for text, want := range map[string]string{`"80%"`: "80%", `80`: "80%", `"2.5"`: "2.5%", `0`: "", `101`: "", `"-5%"`: "", `"all"`: ""} {
		var p slot.Percent
		if err := json.Unmarshal([]byte(text), &p); (err != nil) != (want == "") || err == nil && p.String() != want {
			t.Errorf("%s is %v (%v), want %q", text, p, err, want)
		}
	}
}

func FuzzLimits(f *testing.F) {
	for _, seed := range []string{"512M", "1.5G", "50%", "0.5", "80%", "", "M", "1e9T", "0x1pM"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := slot.ParseSize(text); err == nil {
			if again, err := slot.ParseSize(s.String()); s <= 0 || err != nil && s >= 1<<10 || err == nil && s >= 1<<10 && again != s {
				t.Errorf("%q is %v, read again %v (%v)", text, s, again, err)
			}
		}
		if c, err := slot.ParseCores(text); err == nil && !(c > 0) {
			t.Errorf("%q is %v cores", text, c)
		}
		if p, err := slot.ParsePercent(text); err == nil && !(p > 0 && p <= 100) {
			t.Errorf("%q is %v", text, p)
		}
	})
}
