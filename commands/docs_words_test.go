package commands_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/commands"
)

var (
	span       = regexp.MustCompile("`(slot [^`\n]+)`")
	plain      = regexp.MustCompile("(?m)^```[a-z]*\n(\\$ )?slot [a-z]")
	separators = regexp.MustCompile(` (\||&&|;) `)
	fence      = regexp.MustCompile("(?ms)^```.*?^```$")
)

// What a document says in passing has to be there as well: the command, and
// each flag that is named with it.
func TestDocumentsNameOnlyCommandsAndFlagsThatExist(t *testing.T) {
	names, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	root := commands.NewRoot(commands.NewWorld())
	root.InitDefaultHelpCmd()
	seen := 0
	for _, name := range append(names, "../README.md", "../coder/README.md", "../CHANGELOG.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range span.FindAllStringSubmatch(fence.ReplaceAllString(string(text), ""), -1) {
			seen++
			if wrong := unknown(root, m[1]); wrong != "" && m[1] != "slot pause SLOT" { // the one that how-to-add-a-command.md adds
				t.Errorf("%s: `%s`: %s", name, m[1], wrong)
			}
		}
		for _, m := range plain.FindAllString(string(text), -1) {
			if !strings.HasPrefix(m, "```sh\n") && !strings.HasPrefix(m, "```console\n") {
				t.Errorf("%s: %q is a block of commands; begin it with ```sh, so that a test types it", name, m)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d commands found: this test looks in the wrong place", seen)
	}
}

// So do the examples of --help.
func TestExamplesNameOnlyCommandsAndFlagsThatExist(t *testing.T) {
	root := commands.NewRoot(commands.NewWorld())
	seen := 0
	var check func(*cobra.Command)
	check = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			for _, part := range separators.Split(strings.TrimSpace(line), -1) {
				part, _, _ = strings.Cut(part, " #")
				if !strings.HasPrefix(part, "slot ") {
					continue
				}
				seen++
				if wrong := unknown(root, part); wrong != "" {
					t.Errorf("%s --help: %q: %s", c.CommandPath(), part, wrong)
				}
			}
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(root)
	if seen < 50 {
		t.Errorf("only %d examples found", seen)
	}
}

// unknown says what of a command line slot does not know.
func unknown(root *cobra.Command, line string) string {
	words := strings.Fields(line)[1:]
	for i, w := range words {
		if w == "--" || w == "|" { // what follows is another program's
			words = words[:i]
			break
		}
	}
	var flags, args []string
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			flags = append(flags, w)
		} else {
			args = append(args, w)
		}
	}
	if len(args) == 0 || !regexp.MustCompile(`^[a-z]+$`).MatchString(args[0]) {
		return "" // such as slot COMMAND --help, or slot --version
	}
	c, rest, err := root.Find(args)
	if err != nil || c == root {
		return "no such command"
	}
	if c.HasSubCommands() && len(rest) > 0 && !c.Runnable() {
		return "no such command below " + c.CommandPath()
	}
	c.InitDefaultHelpFlag()
	for _, f := range flags {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		name = strings.Trim(name, ",.;…)")
		if strings.HasPrefix(f, "--") && c.Flag(name) == nil || !strings.HasPrefix(f, "--") && len(name) == 1 && c.Flags().ShorthandLookup(name) == nil {
			return "no flag " + f
		}
	}
	return ""
}

func TestUnknown_TellsWordsThatAreNotThere(t *testing.T) {
	root := commands.NewRoot(commands.NewWorld())
	for line, want := range map[string]bool{
		"slot deploy a": false, "slot deploy SLOT --branch dev": false, "slot logs a -f": false, "slot db psql a -- -c X": false, "slot COMMAND --help": false,
		"slot deploi a": true, "slot deploy a --brunch dev": true, "slot logs a -x": true, "slot db pq": true,
	} {
		if got := unknown(root, line); (got != "") != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}
