package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// group is a heading of the navigation with its pages: files of the checkout.
type group struct {
	Name  string
	Pages []string
}

var navigation = []group{
	{"Start", []string{"README.md", "docs/README.md", "docs/tutorial.md", "docs/how-to.md"}},
	{"Come from elsewhere", []string{"docs/from-heroku.md", "docs/from-dokku.md", "docs/from-pm2.md", "docs/leaving.md", "docs/comparison.md", "docs/benchmarks.md"}},
	{"Use", []string{"docs/configuration.md", "docs/webhook.md", "docs/database.md", "docs/admin.md", "docs/ruby-and-php.md",
		"docs/deno-and-bun.md", "docs/security.md", "docs/metrics.md"}},
	{"Look up", []string{"docs/commands.md", "docs/exit-codes.md", "docs/json.md", "docs/control-api.md", "docs/state-folder.md"}},
	{"In Coder", []string{"coder/README.md", "docs/image.md"}},
	{"Understand", []string{"docs/architecture.md", "docs/decisions/README.md", "CHANGELOG.md"}},
	{"Extend", []string{"docs/write-your-own-hook.md", "docs/hook-contract.md", "docs/how-to-add-a-hook.md", "docs/how-to-add-a-command.md"}},
}

// pages returns every document: what the navigation names, the decisions, and
// what else is in docs, which goes below "Use" until somebody places it.
func pages(root string) (all []string, nav []group, err error) {
	nav = slices.Clone(navigation)
	for _, g := range nav {
		all = append(all, g.Pages...)
	}
	for _, pattern := range []string{"docs/*.md", "docs/decisions/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, nil, fmt.Errorf("cannot find the documents: %w", err)
		}
		for _, file := range found {
			name, err := filepath.Rel(root, file)
			if err != nil {
				return nil, nil, fmt.Errorf("cannot find the documents: %w", err)
			}
			name = filepath.ToSlash(name)
			if slices.Contains(all, name) {
				continue
			}
			all = append(all, name)
			if !strings.HasPrefix(name, "docs/decisions/") {
				nav[2].Pages = append(slices.Clone(nav[2].Pages), name)
			}
		}
	}
	return all, nav, nil
}

// address is where a document is in the site. The README is its first page.
func address(name string) string {
	switch name {
	case "README.md":
		return "index.html"
	case "docs/README.md":
		return "documents.html"
	case "coder/README.md":
		return "coder.html"
	case "docs/decisions/README.md":
		return "decisions/index.html"
	}
	return strings.TrimSuffix(strings.ToLower(strings.TrimPrefix(name, "docs/")), ".md") + ".html"
}
