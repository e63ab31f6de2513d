package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMan_EachVisibleCommandHasAPageThatMandocAccepts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	typed(t, "man", dir)
	pages, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	root := NewRoot(&World{})
	root.InitDefaultHelpCmd()
	if want := visible(root); len(pages) != len(want) {
		t.Errorf("%d pages for %d commands", len(pages), len(want))
	}
	mandoc := needsMandoc(t)
	if out, err := exec.Command(mandoc, append([]string{"-T", "lint", "-W", "warning"}, pages...)...).CombinedOutput(); err != nil {
		t.Errorf("mandoc: %v\n%s", err, out)
	}
	for _, cmd := range visible(root) {
		text := manShown(t, mandoc, filepath.Join(dir, manName(cmd)+".1"))
		for _, want := range []string{cmd.Short, cmd.Example, "no such slot or release"} {
			if !strings.Contains(squeezed(text), squeezed(want)) {
				t.Errorf("the page of %s lacks %q", cmd.CommandPath(), want)
			}
		}
		for _, sub := range manSubs(cmd) {
			if !strings.Contains(text, sub.CommandPath()) {
				t.Errorf("the page of %s lacks %s", cmd.CommandPath(), sub.CommandPath())
			}
		}
	}
	first := manShown(t, mandoc, filepath.Join(dir, "slot.1"))
	for _, name := range []string{"SLOT_HOME", "SLOT_BASE_PORT", "SLOT_DATABASE", "NO_COLOR"} {
		if !strings.Contains(first, name) {
			t.Errorf("slot(1) lacks %s", name)
		}
	}
}

func TestMan_TheSameProgramWritesTheSame(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	typed(t, "man", one)
	typed(t, "man", two)
	if out, err := exec.Command("diff", "-r", one, two).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func needsMandoc(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("mandoc")
	switch {
	case err == nil:
		return path
	case os.Getenv("SLOT_TEST_STRICT") != "":
		t.Fatal("no mandoc: .ci/setup mandoc")
	}
	t.Skip("no mandoc")
	return ""
}

func manShown(t *testing.T, mandoc, page string) string {
	t.Helper()
	cmd := exec.Command(mandoc, "-T", "utf8", "-O", "width=200", page)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("mandoc %s: %v\n%s", page, err, &errs)
	}
	var plain []rune // x BACKSPACE x is how a terminal prints bold
	for _, r := range string(out) {
		if r == '\b' {
			plain = plain[:len(plain)-1]
			continue
		}
		plain = append(plain, r)
	}
	return string(plain)
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }
