package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestPages types the commands of the documents: for each page with a block of
// them there is a script of its name, which prepares what the page takes for
// granted, runs the blocks in their order and looks at what they did.
func TestPages(t *testing.T) {
	bin := buildSlot(t)
	words := scriptCommands()
	words["page"], words["block"], words["origin"] = openPage, runBlock, origin
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/pages",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			if err := setup(env, bin); err != nil {
				return err
			}
			return setupPage(env)
		},
		Cmds:      words,
		Condition: scriptCondition,
	})
}

// setupPage gives git a settings file, in which addresses of GitHub lead to
// what origin makes.
func setupPage(env *testscript.Env) error {
	settings := filepath.Join(env.Getenv("HOME"), ".gitconfig")
	env.Setenv("GIT_CONFIG_GLOBAL", settings)
	env.Values["page"] = &shown{}
	text := fmt.Sprintf("[url \"file://%s/github/\"]\n\tinsteadOf = https://github.com/\n\tinsteadOf = git@github.com:\n[init]\n\tdefaultBranch = main\n", env.WorkDir)
	if err := os.WriteFile(filepath.Join(env.Getenv("HOME"), ".curlrc"), []byte("silent\nshow-error\n"), 0o600); err != nil {
		return err // at a terminal it has no table of its progress either
	}
	return os.WriteFile(settings, []byte(text), 0o600)
}

// notRun is the mark before a block that no script types: why, and what does
// the same instead.
var notRun = regexp.MustCompile(`^<!-- not run here: .+; ([\w./-]+) (?:does it|has what it writes) -->$`)

func TestPages_EveryBlockIsRun(t *testing.T) {
	names := []string{"README.md", "coder/README.md"}
	docs, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range docs {
		names = append(names, strings.TrimPrefix(name, "../"))
	}
	typed := 0
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, b := range blocksOf(string(text)) {
			if b.mark == "" {
				want++
				continue
			}
			if m := notRun.FindStringSubmatch(b.mark); m == nil {
				t.Errorf("%s:%d: %q is not <!-- not run here: WHY; FILE does it -->", name, b.line, b.mark)
			} else if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
				t.Errorf("%s:%d: %s is said to do it, and is not there", name, b.line, m[1])
			}
		}
		if got := countBlocks(t, scriptOf(name)); got != want {
			t.Errorf("%s has %d blocks of commands to run, %s runs %d", name, want, scriptOf(name), got)
		}
		typed += want
	}
	if typed < 10 {
		t.Errorf("only %d blocks found: this test looks in the wrong place", typed)
	}
}

// scriptOf names the script that types a page's commands. The guide to hooks
// has had its own from the start.
func scriptOf(page string) string {
	switch page {
	case "docs/write-your-own-hook.md":
		return "testdata/script/hooks.txtar"
	case "docs/README.md":
		return "testdata/pages/docs.txtar"
	}
	name := strings.TrimSuffix(strings.TrimPrefix(page, "docs/"), ".md")
	return "testdata/pages/" + strings.ReplaceAll(name, "/", "-") + ".txtar"
}

func countBlocks(t *testing.T, script string) int {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		return 0
	}
	lines := strings.Split(string(text), "\n")
	if strings.HasSuffix(script, "hooks.txtar") && slices.Contains(lines, "guide $SLOT_SOURCE/docs/write-your-own-hook.md") {
		page, err := os.ReadFile("../docs/write-your-own-hook.md")
		if err != nil {
			t.Fatal(err)
		}
		return len(blocksOf(string(page))) // guide types all of them
	}
	n := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "block ") {
			n++
		}
	}
	return n
}
