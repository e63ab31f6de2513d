package main

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

var (
	flowcharts = regexp.MustCompile("(?ms)^```mermaid\\nflowchart TD\\n(.*?)^```$")
	labels     = regexp.MustCompile(`(\w+)\["([^"]*)"\]`)
)

// drawn puts boxes in rows in the place of Mermaid's flowcharts, which need a
// script: each box stands below all that lead to it.
func drawn(source []byte) []byte {
	return flowcharts.ReplaceAllFunc(source, func(block []byte) []byte {
		return []byte(flowchart(string(flowcharts.FindSubmatch(block)[1])))
	})
}

func flowchart(text string) string {
	label, row := map[string]string{}, map[string]int{}
	var order []string
	var arrows [][2]string
	for _, m := range labels.FindAllStringSubmatch(text, -1) {
		label[m[1]] = m[2]
	}
	for line := range strings.Lines(labels.ReplaceAllString(text, "$1")) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " --> ")
		for _, name := range strings.Split(from+" & "+to, " & ") {
			if _, known := row[name]; !known && name != "" {
				row[name] = 0
				order = append(order, name)
			}
		}
		for _, name := range strings.Split(from, " & ") {
			if ok {
				arrows = append(arrows, [2]string{name, to})
			}
		}
	}
	for range order { // the longest way to a box has no more arrows than boxes
		for _, a := range arrows {
			row[a[1]] = max(row[a[1]], row[a[0]]+1)
		}
	}
	var b strings.Builder
	b.WriteString("<figure class=\"floors\">\n")
	for n := 0; ; n++ {
		boxes := ""
		for _, name := range order {
			if row[name] == n {
				title, rest, _ := strings.Cut(label[name], "<br/>")
				boxes += fmt.Sprintf("<div><b>%s</b>%s</div>\n", html.EscapeString(title), html.EscapeString(rest))
			}
		}
		if boxes == "" || n > len(order) {
			break
		}
		fmt.Fprintf(&b, "<div>\n%s</div>\n", boxes)
	}
	return b.String() + "</figure>\n"
}
