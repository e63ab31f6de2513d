package commands

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/internal/settings"
)

// systemCompletions is where packages and images put completion scripts.
var systemCompletions = map[string][]string{
	"bash": {"/usr/share/bash-completion/completions/slot", "/usr/local/share/bash-completion/completions/slot", "/etc/bash_completion.d/slot"},
	"zsh":  {"/usr/share/zsh/site-functions/_slot", "/usr/local/share/zsh/site-functions/_slot", "/usr/share/zsh/vendor-completions/_slot"},
	"fish": {"/usr/share/fish/vendor_completions.d/slot.fish", "/usr/local/share/fish/vendor_completions.d/slot.fish"},
}

// rcFiles is where people load a script by themselves.
var rcFiles = map[string]string{"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}

// checkCompletion looks whether the user's shell completes slot, and as this
// version does.
func checkCompletion(_ context.Context, w *World, _ settings.Settings) []finding {
	shell := shellNamed(filepath.Base(w.Getenv("SHELL")))
	if shell == "" {
		return nil
	}
	for _, file := range systemCompletions[shell] {
		if there(file) {
			return []finding{newFinding("completion", healthy, "for "+shell+", by "+file, "")}
		}
	}
	rc := filepath.Join(w.Getenv("HOME"), rcFiles[shell])
	if text, err := os.ReadFile(rc); err == nil && strings.Contains(string(text), "slot completion "+shell) {
		return []finding{newFinding("completion", healthy, "for "+shell+", by "+rc, "")}
	}
	file, _, err := w.completionPlace(shell)
	var script bytes.Buffer
	if err != nil || writeCompletion(&script, NewRoot(w), shell) != nil {
		return nil // there is no home to put it into
	}
	now, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(now, script.Bytes()):
		return []finding{newFinding("completion", healthy, "for "+shell+", by "+file, "")}
	case err == nil:
		f := newFinding("completion", warning, file+" is of another version of slot", "slot completion install --shell "+shell)
		return []finding{f.mendable(installCompletion(shell, file, script.Bytes()))}
	}
	f := newFinding("completion", warning, shell+" does not complete slot", "slot completion install --shell "+shell)
	return []finding{f.mendable(installCompletion(shell, file, script.Bytes()))}
}

func installCompletion(shell, file string, script []byte) fixer {
	return func(_ context.Context, w *World) (string, error) {
		if _, err := putScript(file, script); err != nil {
			return "", fmt.Errorf("cannot install the completion: %w", err)
		}
		text := "wrote " + file
		if _, then, err := w.completionPlace(shell); err == nil && then != "" {
			text += "; " + strings.Join(strings.Fields(then), " ")
		}
		return text, nil
	}
}
