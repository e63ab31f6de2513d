package php

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"
)

// ownDir is the folder that slot writes into the app's for PHP.
const ownDir = ".slot"

//go:embed router.php
var router string

// settings are those of PHP that a server needs, whatever the machine's php.ini
// is for: errors go to the log and not to visitors, $_ENV is filled, and
// compiled pages are kept in memory.
const settings = `display_errors = 0
log_errors = 1
html_errors = 0
variables_order = EGPCS
opcache.enable_cli = 1
`

// writeOwn writes the settings and the router for the app.
func (j *job) writeOwn() error {
	if j.app.choice.index == "" {
		return nil
	}
	dir := filepath.Join(j.request.App.AppDir, ownDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "server.ini"), []byte(settings), 0o644); err != nil {
		return err
	}
	front := "false"
	if j.app.choice.front {
		front = "true"
	}
	text := strings.Replace(router, "$front = true", "$front = "+front, 1)
	return os.WriteFile(filepath.Join(dir, "router.php"), []byte(text), 0o644)
}
