package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	leads = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	named = regexp.MustCompile(`id="([^"]*)"`)
)

// check reads every page of a site and names the links that lead nowhere in
// it, and what a page would load from elsewhere.
func check(out string) error {
	found := map[string]map[string]bool{} // page → its anchors
	texts := map[string]string{}
	err := filepath.WalkDir(out, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(out, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		found[name] = map[string]bool{}
		if path.Ext(name) != ".html" {
			return nil
		}
		text, err := os.ReadFile(file)
		texts[name] = string(text)
		for _, m := range named.FindAllStringSubmatch(texts[name], -1) {
			found[name][m[1]] = true
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot check the site: %w", err)
	}
	var wrong []error
	for name, text := range texts {
		for _, m := range leads.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(m[0], "src") && strings.Contains(m[1], "://") {
				wrong = append(wrong, fmt.Errorf("%s loads %s from elsewhere", name, m[1]))
			}
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if anchors, ok := found[target]; !ok || anchor != "" && !anchors[anchor] {
				wrong = append(wrong, fmt.Errorf("%s links to %s, which is not there", name, m[1]))
			}
		}
	}
	return errors.Join(wrong...)
}
