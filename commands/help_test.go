package commands

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// typed runs a command line that needs no daemon and returns what it printed.
func typed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	w := &World{Out: &out, Err: &errs, Getenv: func(string) string { return "" }}
	if code := Run(context.Background(), w, args); code != 0 || errs.Len() > 0 {
		t.Fatalf("slot %v: exit code %d: %s", args, code, &errs)
	}
	return out.String()
}

// visible lists every command that a person finds, the root first.
func visible(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			all = append(all, visible(sub)...)
		}
	}
	return all
}

func TestHelp_OfEveryCommandIsAsItWasRead(t *testing.T) {
	root := NewRoot(&World{})
	root.InitDefaultHelpCmd()
	compared := map[string]bool{}
	for _, cmd := range visible(root) {
		words := strings.Fields(cmd.CommandPath())
		path := filepath.Join("testdata", "help", strings.Join(words, "_")+".txt")
		compared[path] = true
		t.Run(strings.Join(words, "_"), func(t *testing.T) {
			golden(t, path, typed(t, append(words[1:], "--help")...))
		})
	}
	onlyGoldens(t, filepath.Join("testdata", "help"), compared)
}

func TestHelp_TellsExitCodesAndAnExample(t *testing.T) {
	for _, cmd := range visible(NewRoot(&World{})) {
		words := strings.Fields(cmd.CommandPath())[1:]
		help := typed(t, append(words, "--help")...)
		if !strings.Contains(help, "Exit codes:") {
			t.Errorf("%s does not tell its exit codes", cmd.CommandPath())
		}
		if cmd.Runnable() && cmd.HasParent() && cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
	}
}

func TestHelp_DocumentsEveryJSONFlag(t *testing.T) {
	found := 0
	for _, cmd := range visible(NewRoot(&World{})) {
		flag := cmd.Flags().Lookup("json")
		if flag == nil {
			continue
		}
		found++
		if flag.Hidden || flag.DefValue != "false" || flag.Value.Type() != "bool" || !strings.Contains(flag.Usage, "JSON") {
			t.Errorf("%s: --json is %q, %q", cmd.CommandPath(), flag.Value.Type(), flag.Usage)
		}
		help := typed(t, append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
		if !strings.Contains(help, "--json") || !strings.Contains(help, flag.Usage) {
			t.Errorf("the help of %s does not tell of --json", cmd.CommandPath())
		}
	}
	if found == 0 {
		t.Error("no command has --json")
	}
}

func TestCompletions_AreWhatTheCommandPrints(t *testing.T) {
	for shell, file := range map[string]string{"bash": "slot.bash", "zsh": "_slot", "fish": "slot.fish", "powershell": "slot.ps1"} {
		t.Run(shell, func(t *testing.T) {
			golden(t, filepath.Join("..", "completions", file), typed(t, "completion", shell))
		})
	}
}
