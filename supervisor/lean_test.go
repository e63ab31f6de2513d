package supervisor

import (
	"os"
	"testing"
)

func TestParseMapping_TakesWhatIsInAFileAnyway(t *testing.T) {
	const exe = "/home/you/my slot"
	for _, tt := range []struct {
		name, line string
		want       mapping
		ok         bool
	}{
		{"code", "00400000-01a2b000 r-xp 00001000 fe:00 1234                     /home/you/my slot", mapping{0x400000, 0x162b000}, true},
		{"constants", "01a2b000-01b00000 r--p 00001000 fe:00 1234                     /home/you/my slot", mapping{0x1a2b000, 0xd5000}, true},
		{"variables, which would be lost", "01b00000-01c00000 rw-p 00001000 fe:00 1234                     /home/you/my slot", mapping{}, false},
		{"another file", "7f0000000000-7f0000001000 r-xp 00000000 fe:00 99                     /lib/libc.so", mapping{}, false},
		{"no file", "c000000000-c000400000 rw-p 00000000 00:00 0", mapping{}, false},
		{"a spool", "7f0000000000-7f0000041000 rw-s 00000000 fe:00 99                     /home/you/.slot/x.out", mapping{0x7f0000000000, 0x41000}, true},
		{"shared, of no file", "7f0000000000-7f0000041000 rw-s 00000000 fe:00 99", mapping{}, false},
		{"no number", "x-y r-xp 0 0 0 /home/you/my slot", mapping{}, false},
		{"backwards", "2000-1000 r-xp 0 0 0 /home/you/my slot", mapping{}, false},
		{"nothing", "", mapping{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := parseMapping(tt.line, exe); got != tt.want || ok != tt.ok {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
}

func TestLean_LeavesTheProgramWorking(t *testing.T) {
	if len(ofFiles()) == 0 {
		t.Error("it did not find its own code")
	}
	before := os.Getpid()
	lean()
	if os.Getpid() != before || parse(t, "1000-2000 r-xp 0 0 0 /x") != 0x1000 {
		t.Error("it does not work")
	}
}

func parse(t *testing.T, line string) uintptr {
	t.Helper()
	m, _ := parseMapping(line, "/x")
	return m.at
}
