package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
)

// helpPages finds what --help of each command says: a test of commands keeps
// those files true.
func (s *site) helpPages() error {
	files, err := filepath.Glob(filepath.Join(s.root, "commands/testdata/help/*.txt"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("cannot find the help of the commands (%d files): %v", len(files), err)
	}
	s.help = map[string]string{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		s.help[strings.ReplaceAll(name, "_", " ")] = "help/" + strings.ReplaceAll(name, "_", "-") + ".html"
	}
	return nil
}

// helpOf returns the address of the help of the command that a text begins with.
func (s *site) helpOf(text string) string {
	words := strings.Fields(text)
	for n := len(words); n > 0; n-- {
		if to, ok := s.help[strings.Join(words[:n], " ")]; ok {
			return to
		}
	}
	return ""
}

func (s *site) writeHelp() error {
	for command, address := range s.help {
		text, err := os.ReadFile(filepath.Join(s.root, "commands/testdata/help", strings.ReplaceAll(command, " ", "_")+".txt"))
		if err != nil {
			return fmt.Errorf("cannot read the help of %s: %w", command, err)
		}
		body := "<h1><code>" + command + "</code></h1>\n<pre tabindex=\"0\"><code>" + html.EscapeString(string(text)) + "</code></pre>\n" +
			`<p><a href="../commands.html">All commands</a></p>`
		if err := s.write(address, page{Title: command, Body: []byte(body)}); err != nil {
			return err
		}
	}
	return nil
}
