package php

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// composer is what composer.json and composer.lock ask for.
type composer struct {
	there, locked  bool
	text, lockText string
	vendor         string            // the folder of packages
	require        map[string]string // package, php or ext-NAME to constraint; of locked packages only ext-NAME
	platform       map[string]string // what composer.json says that the machine has
	packages       map[string]string // locked packages to version
	needed         bool              // there is something to install or to load
	local          string            // why installed packages are not kept, "" when they are
}

type links map[string]string

// UnmarshalJSON takes the empty list that PHP writes for an empty map.
func (l *links) UnmarshalJSON(data []byte) error {
	if string(data) == "[]" {
		return nil
	}
	return json.Unmarshal(data, (*map[string]string)(l))
}

type manifest struct {
	Require  links
	Autoload json.RawMessage
	Scripts  json.RawMessage
	Config   struct {
		VendorDir string          `json:"vendor-dir"`
		Platform  json.RawMessage // values may be false
	}
}

type lockFile struct {
	Packages []struct {
		Name, Version    string
		Require          links
		Provide, Replace links
		Dist             struct{ Type string }
	}
}

// readComposer reads both files; without the first every field is empty.
func readComposer(files *hooks.Files) (composer, error) {
	c := composer{vendor: "vendor", require: map[string]string{}, packages: map[string]string{}, platform: map[string]string{}}
	data, err := files.Read("composer.json")
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	var m manifest
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return c, invalid("composer.json", data, err)
	}
	c.there, c.text = true, string(data)
	if dir := path.Clean(m.Config.VendorDir); dir != "." && !path.IsAbs(dir) && !strings.HasPrefix(dir, "..") {
		c.vendor = dir
	}
	var pretended map[string]any
	_ = json.Unmarshal(m.Config.Platform, &pretended)
	for name, value := range pretended {
		c.platform[name] = fmt.Sprint(value)
	}
	for name, constraint := range m.Require {
		c.require[name] = constraint
		c.needed = c.needed || strings.Contains(name, "/")
	}
	c.needed = c.needed || len(m.Autoload) > 2 || len(m.Scripts) > 2
	data, err = files.Read("composer.lock")
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	var l lockFile
	if err == nil {
		err = json.Unmarshal(data, &l)
	}
	if err != nil {
		return c, invalid("composer.lock", data, err)
	}
	c.locked, c.lockText = true, string(data)
	c.readLock(l)
	return c, nil
}

func (c *composer) readLock(l lockFile) {
	for _, p := range l.Packages {
		c.needed = true
		c.packages[p.Name] = p.Version
		switch {
		case p.Dist.Type == "path":
			c.local = p.Name + " is a folder of the repository"
		case p.Name == "cweagans/composer-patches":
			c.local = "packages are patched"
		}
		for name, constraint := range p.Require {
			if _, ok := c.require[name]; !ok && strings.HasPrefix(name, "ext-") {
				c.require[name] = constraint
			}
		}
	}
	for _, p := range l.Packages { // which stand in for an extension
		for _, instead := range []links{p.Provide, p.Replace} {
			for name := range instead {
				if strings.HasPrefix(name, "ext-") {
					delete(c.require, name)
				}
			}
		}
	}
}

// has reports whether the app asks for a package.
func (c *composer) has(name string) bool {
	_, asked := c.require[name]
	_, locked := c.packages[name]
	return asked || locked
}

// extensions returns the names of the extensions that the machine must have.
func (c *composer) extensions() (names []string) {
	for name := range c.require {
		if ext, ok := strings.CutPrefix(name, "ext-"); ok && c.platform[name] == "" {
			names = append(names, strings.ToLower(ext))
		}
	}
	slices.Sort(names)
	return names
}

func (c *composer) evidence() (names []string) {
	if c.there {
		names = append(names, "composer.json")
	}
	if c.locked {
		names = append(names, "composer.lock")
	}
	return names
}

func (c *composer) diagnostics() []slot.Diagnostic {
	packages := slices.ContainsFunc(slices.Collect(maps.Keys(c.require)), func(n string) bool { return strings.Contains(n, "/") })
	if !c.there || c.locked || !packages {
		return nil
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityWarning, Code: "php.lock_missing", File: "composer.json",
		Summary: "there is no composer.lock: each build chooses the packages' versions anew",
		Hint:    "run composer update and commit composer.lock",
	}}
}

func invalid(name string, data []byte, err error) error {
	d := slot.Diagnostic{
		Severity: slot.SeverityError, Code: "php.manifest_invalid", File: name,
		Summary: name + " cannot be read: " + err.Error(), Hint: "composer validate says the same on your machine",
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		d.Line = 1 + strings.Count(string(data[:min(int(syntax.Offset), len(data))]), "\n")
		d.Summary = fmt.Sprintf("%s line %d cannot be read: %v", name, d.Line, err)
	}
	return hooks.Fail(d)
}
