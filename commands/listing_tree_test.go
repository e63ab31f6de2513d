package commands_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/commands"
)

// noListing are the commands whose JSON is a list, and that have no -o.
var noListing = map[string]string{
	"slot stop":        "it tells what it did",
	"slot cancel":      "it tells what it did",
	"slot cache clear": "it tells what it did",
	"slot report":      "it is a sentence a slot",
	"slot top":         "it is a screen, as wide as the terminal",
}

// TestListings_HaveOutput goes by docs/json.md: a command that prints a list
// has -o, whose values are completed.
func TestListings_HaveOutput(t *testing.T) {
	list := map[string]bool{"slot releases": true, "slot env list": true, "slot params": true, "slot params list": true} // lists within an object
	for row := range strings.Lines(read(t, "../docs/json.md")) {
		if cell, prints, ok := strings.Cut(row, " | "); ok && strings.HasPrefix(prints, "list of") {
			for _, m := range regexp.MustCompile("`(slot [a-z ]+?)( --stats)? --json`").FindAllStringSubmatch(cell, -1) {
				list[m[1]] = true
			}
		}
	}
	if len(list) < 12 {
		t.Fatalf("docs/json.md names only %d lists", len(list))
	}
	for _, cmd := range runnable(commands.NewRoot(commands.NewWorld())) {
		path := cmd.CommandPath()
		if !list[path] || noListing[path] != "" {
			continue
		}
		f := cmd.Flags().ShorthandLookup("o")
		if f == nil || f.Name != "output" || f.DefValue != "table" {
			t.Errorf("%s prints a list and has no -o: embed listing in its options, or say why in noListing", path)
			continue
		}
		complete, ok := cmd.GetFlagCompletionFunc("output")
		if !ok {
			t.Errorf("%s does not complete -o", path)
			continue
		}
		var words []string
		found, _ := complete(cmd, nil, "")
		for _, text := range found {
			word, _, _ := strings.Cut(text, "\t")
			words = append(words, word)
		}
		if !slices.Equal(words, []string{"table", "wide", "json"}) {
			t.Errorf("%s -o completes %v", path, words)
		}
	}
}
