package settings

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// units of a size, in bytes.
var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}}

// The smallest and largest size: less than a small app's dependencies would be
// removed after every build.
const (
	minSize = 16 << 20
	maxSize = 16 << 40
)

// size reads a number of bytes such as 500MiB or 2GiB.
func size(name, text string) (int64, error) {
	for _, u := range units {
		number, is := strings.CutSuffix(text, u.name)
		if !is {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n*float64(u.bytes) >= minSize && n*float64(u.bytes) <= maxSize) {
			break
		}
		return int64(n * float64(u.bytes)), nil
	}
	return 0, bad(name, text, "a size such as 500MiB or 2GiB, 16MiB to 16TiB")
}

func bad(name, value, want string) error {
	return slot.E(slot.KindUsage, "", fmt.Errorf("%s is %q; want %s", name, value, want))
}
