package nearest

import (
	"strings"
	"testing"
)

func TestWord_IsTheOneMeantOrNone(t *testing.T) {
	known := []string{"branch", "build", "root", "repository", "id"}
	for typed, want := range map[string]string{
		"brnach":                   "branch", // two letters changed places
		"Branch":                   "branch",
		"repositry":                "repository",
		"rot":                      "root",
		"idd":                      "id",
		"x":                        "",
		"":                         "",
		"port":                     "",
		"environment":              "",
		strings.Repeat("root", 99): "",
	} {
		if got := Word(typed, known); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
