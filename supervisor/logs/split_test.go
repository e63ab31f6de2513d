package logs_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/supervisor/logs"
)

func split(mask *logs.Mask, text string, step int) []string {
	var got []string
	s := logs.NewSplitter(mask, func(line string) { got = append(got, line) })
	for len(text) > 0 {
		n := min(step, len(text))
		fmt.Fprint(s, text[:n])
		text = text[n:]
	}
	s.Flush()
	return got
}

func TestSplitter_TakesLinesApart(t *testing.T) {
	long := strings.Repeat("x", logs.MaxLine)
	for name, row := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":            {"", nil},
		"two lines":          {"a\nb\n", []string{"a", "b"}},
		"no end":             {"a\nb", []string{"a", "b"}},
		"empty lines":        {"\n\na\n", []string{"", "", "a"}},
		"carriage returns":   {"a\r\n10%\r20%\r\n\r\n", []string{"a", "10%\r20%", ""}},
		"bytes as they are":  {"\x00\x1b[31m\xff\n", []string{"\x00\x1b[31m\xff"}},
		"longest line":       {long + "\nb\n", []string{long, "b"}},
		"too long":           {long + "yz\nb\n", []string{long, "yz", "b"}},
		"character at limit": {long[1:] + "é\n", []string{long[1:], "é"}},
	} {
		for _, step := range []int{1, 7, 1 << 20} {
			t.Run(fmt.Sprint(name, step), func(t *testing.T) {
				got := split(nil, row.in, step)
				// Where a long line is split depends on how it comes.
				if len(row.in) > logs.MaxLine+1 && step < logs.MaxLine {
					if strings.Join(got, "") != strings.Join(row.want, "") {
						t.Error("bytes are lost")
					}
					return
				}
				if diff := cmp.Diff(row.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestSplitter_NeverCutsASecretInTwo(t *testing.T) {
	const secret, other = "hunter2-hunter2", "hunter2"
	mask := logs.NewMask([]string{secret, other, "aaaa"})
	for _, padding := range []int{0, 1, 5, 9, 14, 15, 16} {
		text := strings.Repeat("x", logs.MaxLine-padding) + secret + strings.Repeat("y", logs.MaxLine-3) + secret
		for _, step := range []int{1, 3, 1000, 1 << 20} {
			got := strings.Join(split(mask, text, step), "")
			if strings.Contains(got, "hunter") || strings.Contains(got, "unter2") {
				t.Errorf("padding %d, step %d: the secret shows", padding, step)
			}
		}
	}
	all := strings.Repeat("a", 5*logs.MaxLine) // one secret after the other
	if got := strings.Join(split(mask, all, 999), ""); strings.Contains(got, "aaaa") || !strings.Contains(got, "****") {
		t.Error("the secret shows")
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add("a\r\nb\n\xffsecret\n", 3)
	f.Add("sec\nret secretsecret", 1)
	f.Add(strings.Repeat("sécret", 20000), 4096)
	f.Fuzz(func(t *testing.T, text string, step int) {
		if step < 1 {
			step = 1
		}
		mask := logs.NewMask([]string{"secret", "cret7"})
		got := split(mask, text, step)
		for _, line := range got {
			if len(line) > logs.MaxLine || strings.Contains(line, "\n") || strings.Contains(line, "secret") {
				t.Errorf("bad line %.100q", line)
			}
			if utf8.ValidString(text) && !utf8.ValidString(line) {
				t.Errorf("a character was cut in %.100q", line)
			}
		}
		if len(text) <= logs.MaxLine {
			if diff := cmp.Diff(split(mask, text, len(text)+1), got); diff != "" {
				t.Errorf("the lines depend on how they came: %s", diff)
			}
		}
	})
}
