package process

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// statLine has the fields of proc_pid_stat(5) after the name: parent 7, group
// 8, start time 99.
const statLine = " S 7 8 9 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 99 1 2 3"

func TestParseStat_SkipsAnyName(t *testing.T) {
	for _, row := range []struct{ name, comm string }{
		{"plain", "node"},
		{"spaces", "npm run start"},
		{"parentheses", "a) R 1 2 (b"},
		{"only a parenthesis", ")"},
		{"a line break", "a\nb) Z"},
		{"empty", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := parseStat([]byte("12 (" + row.comm + ")" + statLine))
			if want := (stat{state: 'S', parent: 7, group: 8, start: 99, threads: got.threads, ticks: got.ticks}); err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestParseStat_RefusesWhatItIsNot(t *testing.T) {
	for _, row := range []struct{ name, text string }{
		{"empty", ""},
		{"no name", "12 node S 7"},
		{"too short", "12 (node) S 7 8 9"},
		{"parent is no number", "12 (node)" + strings.Replace(statLine, " 7 ", " x ", 1)},
		{"start is negative", "12 (node)" + strings.Replace(statLine, " 99 ", " -9 ", 1)},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := parseStat([]byte(row.text)); err == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReadStat_KnowsThisProcess(t *testing.T) {
	st, err := readStat(os.Getpid())
	if err != nil || st.parent != os.Getppid() || st.start == 0 || st.ended() {
		t.Errorf("got %+v, %v", st, err)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("12 (node)" + statLine)
	f.Add("12 (a) (b)" + statLine)
	f.Add(") ) )")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseStat([]byte(text)); err == nil && !strings.Contains(text, ")") {
			t.Errorf("%q has no name", text)
		}
		// Whatever the name, the fields behind it are found.
		got, err := parseStat([]byte("12 (" + text + ")" + statLine))
		if want := (stat{state: 'S', parent: 7, group: 8, start: 99, threads: got.threads, ticks: got.ticks}); err != nil || got != want {
			t.Errorf("named %q: got %+v, %v", text, got, err)
		}
	})
}

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0
   1: 0200007F:0BB9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 100 0 0 10 0
   2: 0100007F:0BBA 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 333 1 0 20 4 30 10 -1
   3: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 444 1
`

func TestParseListeners_TakesListeningSocketsOnly(t *testing.T) {
	got := parseListeners(tcpTable)
	if want := "map[111:127.0.0.1:3001 222:127.0.0.2:3001 444:[::1]:8080]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzParseListeners(f *testing.F) {
	f.Add(tcpTable)
	f.Add("0: :FFFF x 0A 0 0 0 0 0 1")
	f.Add("0: 00 x 0A 0 0 0 0 0 1\n0: 0:00000 x 0A 0 0 0 0 0 1")
	f.Fuzz(func(t *testing.T, table string) {
		for inode, address := range parseListeners(table) {
			if !address.IsValid() || inode == "" || !strings.Contains(table, inode) {
				t.Errorf("inode %q has address %v", inode, address)
			}
		}
	})
}
