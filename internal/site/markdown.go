package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// page is a document as HTML.
type page struct {
	Title string
	Body  []byte
	Heads []head // of the second level
}

type head struct{ ID, Text string }

// render makes HTML of Markdown. Every link goes through lead, and the words of
// a code span that begins a table's row through command: the page of a
// command's help, or nothing.
func render(source []byte, lead func(string) string, command func(string) string) (page, error) {
	// Comments are for those who read the source.
	source = drawn(comment.ReplaceAll(source, nil))
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()), goldmark.WithRendererOptions(html.WithUnsafe()))
	tree := md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(ids{}))))
	var p page
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(lead(string(n.Destination)))
		case *ast.Image:
			n.Destination = []byte(lead(string(n.Destination)))
		case *ast.Heading:
			p.heading(n, source)
		case *ast.CodeSpan:
			if to := command(words(n, source)); to != "" && firstOfRow(n) {
				link := ast.NewLink()
				link.Destination = []byte(to)
				n.Parent().ReplaceChild(n.Parent(), n, link)
				link.AppendChild(link, n)
				return ast.WalkSkipChildren, nil
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return page{}, fmt.Errorf("cannot read the page: %w", err)
	}
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, tree); err != nil {
		return page{}, fmt.Errorf("cannot write the page: %w", err)
	}
	p.Body = []byte(reachable.Replace(out.String()))
	return p, nil
}

// reachable lets the keyboard scroll what is wider than the page.
var reachable = strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<div class="wide" tabindex="0"><table>`, "</table>", "</table></div>", "<th></th>", "<td></td>")

var comment = regexp.MustCompile(`(?m)^<!-- .* -->\n`)

func (p *page) heading(n *ast.Heading, source []byte) {
	if n.Level == 1 && p.Title == "" {
		p.Title = words(n, source)
	}
	if id, ok := n.AttributeString("id"); ok && n.Level == 2 {
		p.Heads = append(p.Heads, head{string(id.([]byte)), words(n, source)})
	}
}

func words(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
			continue
		}
		b.WriteString(words(c, source))
	}
	return b.String()
}

// firstOfRow says whether a node begins a table's row.
func firstOfRow(n ast.Node) bool {
	cell := n.Parent()
	return cell != nil && cell.Kind().String() == "TableCell" && n.PreviousSibling() == nil && cell.PreviousSibling() == nil
}

// ids names headings as GitHub does, so that links lead to the same places.
type ids struct{}

var dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

func (ids) Generate(value []byte, _ ast.NodeKind) []byte {
	return []byte(strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(string(value)), ""), " ", "-"))
}

func (ids) Put([]byte) {}
