package slot

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes that is written "512M" in JSON: K, M, G and T are
// powers of 1024, as systemd and Docker have them.
type Size int64

// The units of a Size, the largest first.
var sizeUnits = []struct {
	name  string
	bytes int64
}{{"T", 1 << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}}

// ParseSize reads "512M", "1.5G" or "512MiB". A number alone is refused: nobody
// means bytes.
func ParseSize(text string) (Size, error) {
	word := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(text)), "B"), "I")
	for _, u := range sizeUnits {
		number, is := strings.CutSuffix(word, u.name)
		if !is {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n > 0 && n*float64(u.bytes) < math.MaxInt64/2) {
			break
		}
		return Size(n * float64(u.bytes)), nil
	}
	return 0, fmt.Errorf("%q is not a size such as 512M or 2G", text)
}

// String is the shortest exact form, such as "512M"; "0" of none.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatFloat(float64(s)/(1<<10), 'f', -1, 64) + "K"
}

// MarshalJSON writes a string.
func (s Size) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads a string such as "512M".
func (s *Size) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return fmt.Errorf("%s is not a size such as \"512M\" or \"2G\"", b)
	}
	v, err := ParseSize(text)
	if err == nil {
		*s = v
	}
	return err
}

// Cores is an amount of processor time: 0.5 is half of one core. It is written
// "0.5" in JSON; "50%" is read too.
type Cores float64

// ParseCores reads "0.5", "2" or "50%".
func ParseCores(text string) (Cores, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		n /= 100
	}
	if err != nil || !(n > 0 && n <= 4096) {
		return 0, fmt.Errorf("%q is not a number of cores such as 0.5, 2 or 50%%", text)
	}
	return Cores(n), nil
}

// String is such as "0.5".
func (c Cores) String() string { return strconv.FormatFloat(float64(c), 'f', -1, 64) }

// MarshalJSON writes a string.
func (c Cores) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// UnmarshalJSON reads a string such as "0.5" or "50%", or a number.
func (c *Cores) UnmarshalJSON(b []byte) error {
	v, err := ParseCores(unquote(b))
	if err == nil {
		*c = v
	}
	return err
}

// Percent is a share of a hundred. It is written "80%" in JSON; "80" and 80 are
// read too.
type Percent float64

// ParsePercent reads "80%" or "80", above 0 and up to 100.
func ParsePercent(text string) (Percent, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), 64)
	if err != nil || !(n > 0 && n <= 100) {
		return 0, fmt.Errorf("%q is not a share such as 80%%, 100%% at most", text)
	}
	return Percent(n), nil
}

// String is such as "80%".
func (p Percent) String() string { return strconv.FormatFloat(float64(p), 'f', -1, 64) + "%" }

// MarshalJSON writes a string.
func (p Percent) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// UnmarshalJSON reads a string such as "80%", or a number.
func (p *Percent) UnmarshalJSON(b []byte) error {
	v, err := ParsePercent(unquote(b))
	if err == nil {
		*p = v
	}
	return err
}

// unquote is a JSON text without its quotes, or what else stands there.
func unquote(b []byte) string {
	var text string
	if json.Unmarshal(b, &text) == nil {
		return text
	}
	return string(b)
}
