package slot

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Duration is a time.Duration that is written "90s" in JSON; a plain number
// is read as seconds.
type Duration time.Duration

// Or returns d, or def when d is zero.
func (d Duration) Or(def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return time.Duration(d)
}

// String returns the form that ParseDuration reads.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalJSON writes a string.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads a string such as "1m30s" or a number of seconds.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var seconds float64
	if json.Unmarshal(b, &seconds) == nil {
		if seconds < 0 || seconds > math.MaxInt32 {
			return fmt.Errorf("%s is not a number of seconds", b)
		}
		*d = Duration(seconds * float64(time.Second))
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("%s is not a duration such as \"30s\"", b)
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is not a duration such as \"30s\" or \"2m\"", s)
	}
	*d = Duration(v)
	return nil
}
