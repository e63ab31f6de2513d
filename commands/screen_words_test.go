package commands

import (
	"bytes"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func findings() []finding {
	return []finding{
		{Check: "git", State: problem, Text: "cannot find the program git", Remedy: "install it, for example with apt-get install git"},
		{Check: "sandbox.signals", State: warning, Text: "does not hold: an app cannot signal other processes", Remedy: "a kernel that has it: Linux 6.12"},
		newFinding("rights", warning, "others may open /home/you/.slot/secrets.json (mode 0644)", "chmod 600 /home/you/.slot/secrets.json").mendable(chmod("x", 0)),
		{Check: "daemon", State: fixed, Text: "slot up"},
		{Check: "sandbox.files", State: healthy, Text: "an app opens its own files, the system's and your tools, and no others"},
	}
}

func TestScreen_OfADoctor(t *testing.T) {
	show := func(name, text string) {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "screen", "doctor_"+name+".txt"), strings.ReplaceAll(text, "\x1b", "<ESC>"))
		})
	}
	var piped bytes.Buffer
	header, rows := findingsTable(findings())
	if err := printTable(&piped, header, rows); err != nil {
		t.Fatal(err)
	}
	show("piped", piped.String())
	show("terminal", findingsScreen(findings(), 80, true))
	show("narrow", findingsScreen(findings(), 40, false))
	if got, want := summed(findings()), "1 problem, 2 warnings; slot doctor --fix mends 1 of these"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := summed(findings()[3:]); got != "" {
		t.Errorf("of what is well: %q", got)
	}
}

func TestScreen_OfAnExplanation(t *testing.T) {
	x := slot.Explanation{
		Slot: "a", State: slot.StateLive, Summary: "slot a is live, but the last deployment failed",
		Because: []string{
			"Release 7 (blog, 3f9c2e1 of main) serves at http://127.0.0.1:3001 for 2h.",
			"Deployment 12 (deploy by push, 1a2b3c4, 3m ago) failed in the step check: the app needs the variable API_TOKEN.",
			"Changed since it was started, and waiting for the next start: variables (WORD\x1b[2J).",
		},
		Output: []string{"Error: API_TOKEN is not set", "", "    at index.js:3"},
		Try:    []string{"slot env set a API_TOKEN=...", "slot deploy a"},
	}
	for name, width := range map[string]int{"piped": math.MaxInt, "terminal": 80, "narrow": 40} {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "screen", "explain_"+name+".txt"), explanation(x, width))
		})
	}
}
