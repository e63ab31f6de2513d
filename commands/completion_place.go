package commands

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// completionPlace is the file in which a shell looks for the completion of
// slot, and what the user has to do for it, "" for nothing.
func (w *World) completionPlace(shell string) (file, then string, err error) {
	home := w.Getenv("HOME")
	if home == "" {
		return "", "", slot.E(slot.KindUsage, "slot completion "+shell+" prints the script", errors.New("cannot install the completion: HOME is not set"))
	}
	folder := func(variable, otherwise string) string {
		if dir := w.Getenv(variable); filepath.IsAbs(dir) {
			return dir
		}
		return filepath.Join(home, otherwise)
	}
	switch shell {
	case "fish":
		return filepath.Join(folder("XDG_CONFIG_HOME", ".config"), "fish/completions/slot.fish"), "", nil
	case "zsh":
		file, then = zshPlace(folder("ZSH", ".oh-my-zsh"), folder("XDG_DATA_HOME", ".local/share"), folder("ZDOTDIR", ""))
		return file, then, nil
	case "powershell":
		file = filepath.Join(folder("XDG_CONFIG_HOME", ".config"), "powershell/slot.ps1")
		return file, unlessIn(filepath.Join(filepath.Dir(file), "profile.ps1"), file, ". "+file), nil
	}
	file = filepath.Join(folder("XDG_DATA_HOME", ".local/share"), "bash-completion/completions/slot")
	if hasBashCompletion() {
		return file, "", nil // which loads it at the first Tab
	}
	return file, unlessIn(filepath.Join(home, ".bashrc"), file, "source "+file), nil
}

// zshPlace is a folder that Oh My Zsh puts into fpath, or one that the user
// has to.
func zshPlace(ohMyZsh, data, dot string) (file, then string) {
	if existing(filepath.Join(ohMyZsh, "oh-my-zsh.sh")) {
		return filepath.Join(ohMyZsh, "completions/_slot"), ""
	}
	dir := filepath.Join(data, "zsh/site-functions")
	return filepath.Join(dir, "_slot"), unlessIn(filepath.Join(dot, ".zshrc"), dir,
		fmt.Sprintf("fpath=(%s $fpath); autoload -Uz compinit && compinit", dir))
}

// unlessIn tells to add a line to a file, unless the file names what it is for.
func unlessIn(file, what, line string) string {
	text, _ := os.ReadFile(file) // a file that is not there has no line
	if strings.Contains(string(text), what) {
		return ""
	}
	return fmt.Sprintf("add this line to %s:\n  %s", file, line)
}

// hasBashCompletion reports whether the package is there that loads scripts by
// itself. Source: its README, "Installation".
func hasBashCompletion() bool {
	for _, file := range []string{"/usr/share/bash-completion/bash_completion", "/etc/bash_completion", "/usr/local/etc/profile.d/bash_completion.sh", "/opt/homebrew/etc/profile.d/bash_completion.sh"} {
		if existing(file) {
			return true
		}
	}
	return false
}
