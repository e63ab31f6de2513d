package commands

import (
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

var (
	pageComment = lazyregexp.New(`(?s)<!--.*?-->\n?`)
	pagePicture = lazyregexp.New(`(?m)^!\[[^\]]*\]\([^)]*\)\n`)
	pageLink    = lazyregexp.New(`\[([^\]]+)\]\(([^)\s]+)\)`)
	pageItem    = lazyregexp.New(`^(\s*)([-*]|\d+\.) (.*)$`)
)

// pageText makes text for a terminal of the Markdown of a document: paragraphs
// and items folded to the width, commands as they are, a table as one item a
// row, links to other documents by their names alone.
func pageText(page string, width int, color bool) string {
	page = pagePicture.ReplaceAllString(pageComment.ReplaceAllString(page, ""), "")
	page = strings.ReplaceAll(page, "**", "")
	page = pageLink.ReplaceAllStringFunc(page, func(link string) string {
		m := pageLink.FindStringSubmatch(link)
		if strings.Contains(m[2], "://") && m[1] != m[2] {
			return m[1] + " (" + m[2] + ")"
		}
		return m[1]
	})
	p := &pager{width: width, color: color}
	for line := range strings.Lines(page) {
		p.line(strings.TrimRight(line, "\n"))
	}
	p.flush()
	return strings.Trim(p.out.String(), "\n") + "\n"
}

type pager struct {
	out          strings.Builder
	width        int
	color        bool
	code         bool
	columns      []string // of the table that is being read
	lead, margin string
	text         []string // of the paragraph or item that is being read
}

func (p *pager) flush() {
	if len(p.text) > 0 {
		p.out.WriteString(folded(p.lead, p.margin, strings.Join(p.text, " "), p.width))
	}
	p.lead, p.margin, p.text = "", "", nil
}

func (p *pager) line(line string) {
	switch {
	case strings.HasPrefix(strings.TrimSpace(line), "```"):
		p.flush()
		p.code = !p.code
	case p.code:
		p.out.WriteString("    " + line + "\n")
	case strings.HasPrefix(line, "#"):
		p.flush()
		title := strings.TrimLeft(line, "# ")
		if p.color {
			title = "\x1b[1m" + title + "\x1b[0m"
		}
		p.out.WriteString("\n" + title + "\n")
	case strings.HasPrefix(line, "|"):
		p.flush()
		p.row(line)
		return
	case strings.TrimSpace(line) == "":
		p.flush()
		if !strings.HasSuffix(p.out.String(), "\n\n") {
			p.out.WriteString("\n")
		}
	default:
		if m := pageItem.FindStringSubmatch(line); m != nil {
			p.flush()
			p.lead = m[1] + m[2] + " "
			p.margin, line = strings.Repeat(" ", len(p.lead)), m[3]
		}
		p.text = append(p.text, line)
	}
	p.columns = nil
}

// row writes a table's row: the first cell on a line of its own, the others
// below it behind their columns' names, the last one, which tells most, without.
func (p *pager) row(line string) {
	const bar = "\x00" // for one that stands inside a cell
	cells := strings.Split(strings.Trim(strings.ReplaceAll(strings.TrimSpace(line), `\|`, bar), "|"), "|")
	for i := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), bar, "|")
	}
	switch {
	case p.columns == nil:
		p.columns = cells
		return
	case strings.Trim(line, "|-: ") == "":
		return
	}
	p.out.WriteString(folded("  ", "  ", cells[0], p.width))
	for i, cell := range cells[1:] {
		if cell == "" {
			continue
		}
		if i+2 < min(len(cells), len(p.columns)+1) && p.columns[i+1] != "" {
			cell = p.columns[i+1] + ": " + cell
		}
		p.out.WriteString(folded("      ", "      ", cell, p.width))
	}
}
