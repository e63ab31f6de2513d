package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Sizes in pixels, of the 13 pixel font.
const (
	cell    = 7.83
	line    = 19
	margin  = 20
	heading = 62 // the first line's foot
)

const style = `text{font:13px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d6dbe1;white-space:pre}
.d{fill:#7d8794}.r{fill:#ff8078}.g{fill:#6fd48a}.y{fill:#e5c07b}.p{fill:#6fb3ff}.c{fill:#fff;font-weight:600}`

// svg draws a screen with its colours as a window.
func svg(title, screen string) string {
	lines := strings.Split(screen, "\n")
	widest := 0
	for _, l := range lines {
		widest = max(widest, utf8.RuneCountInString(code.ReplaceAllString(l, "")))
	}
	width, height := 2*margin+int(float64(widest)*cell), heading+line*len(lines)
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %[1]d %[2]d\" role=\"img\" aria-labelledby=\"t\">\n", width, height)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<style>\n%s\n</style>\n", html.EscapeString(title), style)
	fmt.Fprintf(&b, "<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"10\" fill=\"#14181f\" stroke=\"#2c333d\"/>\n", width-1, height-1)
	b.WriteString(`<circle cx="22" cy="21" r="5" fill="#3a434f"/><circle cx="40" cy="21" r="5" fill="#3a434f"/><circle cx="58" cy="21" r="5" fill="#3a434f"/>` + "\n<g xml:space=\"preserve\">\n")
	var k ink
	for i, l := range lines {
		var text string
		text, k = spans(l, k)
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\">%s</text>\n", margin, heading+line*i, text)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

var code = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// ink is how text is written from a code on.
type ink struct {
	colour    string // a class, empty for the terminal's own
	dim, bold bool
}

func (k ink) class() string {
	switch {
	case k.colour != "":
		return k.colour
	case k.dim:
		return "d"
	case k.bold:
		return "c"
	}
	return ""
}

var colours = map[string]string{"31": "r", "91": "r", "32": "g", "92": "g", "33": "y", "93": "y", "34": "p", "94": "p", "36": "p", "96": "p", "90": "d", "39": ""}

// after returns the ink after a code, such as 0;1.
func (k ink) after(codes string) ink {
	for _, c := range strings.Split(codes, ";") {
		switch c {
		case "", "0":
			k = ink{}
		case "1":
			k.bold = true
		case "2":
			k.dim = true
		case "22":
			k.bold, k.dim = false, false
		default:
			if colour, ok := colours[c]; ok {
				k.colour = colour
			}
		}
	}
	return k
}

// spans makes the text of a line, which begins with the ink that the line
// before ended with.
func spans(l string, k ink) (text string, end ink) {
	var b strings.Builder
	put := func(part string) {
		part = html.EscapeString(part)
		if class := k.class(); class != "" && strings.TrimSpace(part) != "" {
			part = `<tspan class="` + class + `">` + part + `</tspan>`
		}
		b.WriteString(part)
	}
	at := 0
	for _, m := range code.FindAllStringSubmatchIndex(l, -1) {
		put(l[at:m[0]])
		k = k.after(l[m[2]:m[3]])
		at = m[1]
	}
	put(strings.TrimRight(l[at:], " "))
	return b.String(), k
}
