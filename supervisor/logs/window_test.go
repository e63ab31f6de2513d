package logs

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestLastLines_AreFoundWhateverTheirLength(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var text []byte
		var begins []int
		for range random.IntN(300) {
			begins = append(begins, len(text))
			text = append(text, bytes.Repeat([]byte("x"), random.IntN(1<<random.IntN(13)))...)
			text = append(text, '\n')
		}
		for _, n := range []int{0, 1, 2, 50, len(begins) - 1, len(begins), len(begins) + 1} {
			want := 0
			if n < len(begins) && n >= 0 {
				want = len(text)
				if n > 0 {
					want = begins[len(begins)-n]
				}
			}
			if got := lastLines(text, max(n, 0)); n >= 0 && got != want {
				t.Fatalf("the last %d of %d lines begin at %d, got %d", n, len(begins), want, got)
			}
		}
	}
}
