package commands

import "strings"

// folded writes a text in lines of a width, the first one behind its lead and
// the others behind a margin; a word that is longer, such as an address, has a
// line of its own. Columns are counted as runes.
func folded(lead, margin, text string, width int) string {
	var b strings.Builder
	line, empty := lead, true
	for _, word := range strings.Fields(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > width {
			b.WriteString(line + "\n")
			line, empty = margin, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	b.WriteString(line + "\n")
	return b.String()
}
