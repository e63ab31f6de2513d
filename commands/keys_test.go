package commands

import (
	"os"
	"slices"
	"testing"
)

func TestKeys_AreHandedOutOneByOne(t *testing.T) {
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := typed.WriteString("y\r\x1b[30;100Rn\x1b[A\x1bOBä\x1b"); err != nil {
		t.Fatal(err)
	}
	typed.Close()
	k, got := &keys{File: in}, []string{}
	for buf := make([]byte, 64); ; {
		n, err := k.Read(buf)
		if err != nil {
			break
		}
		got = append(got, string(buf[:n]))
	}
	want := []string{"y", "\r", "\x1b[30;100R", "n", "\x1b[A", "\x1bOB", "\xc3", "\xa4", "\x1b"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
