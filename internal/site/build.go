package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path"
	"path/filepath"
	"strings"
)

//go:embed page.html
var layout string

//go:embed style.css
var style []byte

//go:embed icon.svg
var icon []byte

// source is where files are that are no page of the site.
const source = "https://github.com/slot-paas/slot/blob/main/"

// site is one that is being made.
type site struct {
	root, out string
	nav       []group
	titles    map[string]string // of each document
	help      map[string]string // command → address of its help
	page      *template.Template
}

// build makes the site of a checkout in a folder, which is emptied first, and
// fails where a link of it leads nowhere.
func build(root, out string) error {
	all, nav, err := pages(root)
	if err != nil {
		return err
	}
	s := &site{root: root, out: out, nav: nav, titles: map[string]string{}}
	if s.page, err = template.New("page").Parse(layout); err != nil {
		return fmt.Errorf("cannot read page.html: %w", err)
	}
	if err := s.clear(); err != nil {
		return err
	}
	if err := s.helpPages(); err != nil {
		return err
	}
	made := map[string]page{}
	for _, name := range all {
		if made[name], err = s.render(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.titles[name] = made[name].Title
	}
	for _, name := range all {
		if err := s.write(address(name), made[name]); err != nil {
			return err
		}
	}
	if err := s.writeHelp(); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"style.css": style, "icon.svg": icon} {
		if err := s.put(name, data); err != nil {
			return err
		}
	}
	return check(out)
}

// clear empties the folder; one that is not a site's is left alone.
func (s *site) clear() error {
	if entries, err := os.ReadDir(s.out); err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(s.out, "style.css")); err != nil {
			return fmt.Errorf("%q is not empty and no site; name another folder", s.out)
		}
		if err := os.RemoveAll(s.out); err != nil {
			return fmt.Errorf("cannot empty %q: %w", s.out, err)
		}
	}
	return nil
}

func (s *site) render(name string) (page, error) {
	text, err := os.ReadFile(filepath.Join(s.root, name))
	if err != nil {
		return page{}, fmt.Errorf("cannot read it: %w", err)
	}
	var failed error
	p, err := render(text, func(to string) string {
		if strings.Contains(to, "://") {
			return to
		}
		led, err := s.lead(name, to)
		if err != nil {
			failed = err
		}
		return led
	}, func(code string) string {
		if to := s.helpOf(code); to != "" && name == "docs/commands.md" {
			return up(address(name)) + to
		}
		return ""
	})
	if err == nil {
		err = failed
	}
	return p, err
}

// lead says where a link of a document goes to in the site. Pictures come
// along; other files are shown where the source is.
func (s *site) lead(from, to string) (string, error) {
	file, anchor, marked := strings.Cut(to, "#")
	if marked {
		anchor = "#" + anchor
	}
	if file == "" {
		return anchor, nil
	}
	target := path.Join(path.Dir(from), file)
	switch {
	case strings.HasSuffix(target, ".md") && (strings.HasPrefix(target, "docs/") || target == "README.md" || target == "CHANGELOG.md" || target == "coder/README.md"):
		return up(address(from)) + address(target) + anchor, nil
	case strings.HasPrefix(target, "docs/images/"):
		picture, err := os.ReadFile(filepath.Join(s.root, target))
		if err != nil {
			return "", fmt.Errorf("cannot read a picture: %w", err)
		}
		name := strings.TrimPrefix(target, "docs/")
		return up(address(from)) + name, s.put(name, picture)
	}
	return source + target + anchor, nil
}

// up leads from a page to the site's top.
func up(address string) string { return strings.Repeat("../", strings.Count(address, "/")) }

type view struct {
	Title, Up, Here string
	Nav             []navGroup
	Heads           []head
	Body            template.HTML
}

type navGroup struct {
	Name  string
	Links []navLink
}

type navLink struct{ Address, Title string }

func (s *site) write(at string, p page) error {
	v := view{Title: p.Title, Up: up(at), Here: at, Heads: p.Heads, Body: template.HTML(p.Body)} //nolint:gosec // our own documents
	for _, g := range s.nav {
		links := navGroup{Name: g.Name}
		for _, name := range g.Pages {
			links.Links = append(links.Links, navLink{address(name), s.titles[name]})
		}
		v.Nav = append(v.Nav, links)
	}
	var b bytes.Buffer
	if err := s.page.Execute(&b, v); err != nil {
		return fmt.Errorf("cannot write %s: %w", at, err)
	}
	return s.put(at, b.Bytes())
}

func (s *site) put(name string, data []byte) error {
	file := filepath.Join(s.out, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("cannot make the folder of %s: %w", name, err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	return nil
}
