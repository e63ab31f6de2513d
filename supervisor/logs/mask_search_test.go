package logs

import (
	"bytes"
	"fmt"
	"testing"
)

// Few secrets are looked for, many replaced in one pass: both mask alike, and
// text without any is not copied.
func TestMask_FewAndManySecretsMaskAlike(t *testing.T) {
	var many []string
	for i := range mostSearched + 1 {
		many = append(many, fmt.Sprintf("secret-%02d", i))
	}
	for _, secrets := range [][]string{many[:1], many[:mostSearched], many} {
		m := NewMask(secrets)
		last := secrets[len(secrets)-1]
		got := m.bytes([]byte("one\ntwo " + last + " three\n"))
		if want := "one\ntwo " + masked + " three\n"; string(got) != want {
			t.Errorf("%d secrets: %q, want %q", len(secrets), got, want)
		}
	}
	text := []byte("nothing here\n")
	if got := NewMask(many[:3]).bytes(text); !bytes.Equal(got, text) || &got[0] != &text[0] {
		t.Errorf("%q was copied", got)
	}
}

func BenchmarkMask(b *testing.B) {
	text := bytes.Repeat([]byte("000000000 .......................................................................................\n"), 640)
	m := NewMask([]string{"correct-horse-battery", "0123456789abcdef"})
	for _, way := range []struct {
		name string
		mask func([]byte) []byte
	}{{"search", m.bytes}, {"replace", func(b []byte) []byte { return []byte(m.replacer.Replace(string(b))) }}} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				way.mask(text)
			}
		})
	}
}
