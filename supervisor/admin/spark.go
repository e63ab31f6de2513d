package admin

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// The drawing area of a sparkline.
const (
	sparkWidth  = 120
	sparkHeight = 28
)

// spark is the requests of the last minutes as an SVG path.
type spark struct {
	Line, Area string
	Peak       int64 // requests in the busiest entry
	Quiet      bool  // there were none
}

func newSpark(r slot.Recent) spark {
	counts := r.Requests
	if len(counts) > 1 {
		counts = counts[:len(counts)-1] // the last one is still growing
	}
	s := spark{Quiet: true}
	for _, n := range counts {
		s.Peak = max(s.Peak, n)
		s.Quiet = s.Quiet && n == 0
	}
	if len(counts) < 2 {
		return s
	}
	var points []string
	for i, n := range counts {
		x := float64(i) * sparkWidth / float64(len(counts)-1)
		y := float64(sparkHeight-2) - float64(n)/float64(max(s.Peak, 1))*(sparkHeight-4)
		points = append(points, fmt.Sprintf("%.1f %.1f", x, y))
	}
	s.Line = "M" + strings.Join(points, "L")
	s.Area = fmt.Sprintf("%sL%d %dL0 %dZ", s.Line, sparkWidth, sparkHeight, sparkHeight)
	return s
}
