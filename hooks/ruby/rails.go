package ruby

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

var (
	sqliteAdapter = lazyregexp.New(`(?m)^[^#\n]*adapter:\s*['"]?sqlite3`)
	// sqliteInApp matches a SQLite file in the release's own folder.
	sqliteInApp = lazyregexp.New(`(?m)^[^#\n]*database:\s*['"]?((?:db|storage)/[\w./-]*production[\w.-]*)`)
)

// chooseRails takes an app of Rails by its config/application.rb.
func chooseRails(files *hooks.Files, g gems, name slot.Name) (choice, bool) {
	if !strings.Contains(readText(files, "config/application.rb"), "Rails::Application") {
		return choice{}, false
	}
	c := choice{
		framework: "rails", entry: "config.ru", evidence: []string{"config/application.rb"}, configured: true, serves: true,
		needs: []string{"rails"}, assets: g.has("sprockets-rails") || g.has("propshaft") || g.has("sprockets"),
	}
	if !files.Exists("config.ru") {
		c.entry = "config/application.rb"
	}
	line := `rails server -b "$HOST" -p "$PORT"`
	if g.has("puma") {
		line = servePuma
	}
	c.plan = web(slot.Process{Shell: g.prefix() + line})
	c.plan.Env = production()
	for _, on := range []string{"RAILS_LOG_TO_STDOUT", "RAILS_SERVE_STATIC_FILES"} { // before Rails 7.1 both are off
		c.plan.Env[on] = "1"
	}
	c.plan.Env["RAILS_ENV"] = "production"
	c.checkServer(g)
	c.chooseDatabase(files, g)
	c.tellSecrets(files, cmp.Or(name, "a"))
	return c, true
}

// chooseDatabase migrates before the switch, where the app has a database: a
// config/database.yml and migrations or a schema. An app that was made without
// one, or uses none of it yet, deploys without one. db:prepare, of Rails 6,
// makes the database when it is not there and fills a new one with its seeds.
func (c *choice) chooseDatabase(files *hooks.Files, g gems) {
	config := readText(files, "config/database.yml")
	if config == "" || !g.has("activerecord") && !g.has("rails") {
		return
	}
	if sqliteAdapter.MatchString(config) {
		if m := sqliteInApp.FindStringSubmatch(config); m != nil {
			c.diagnostics = append(c.diagnostics, slot.Diagnostic{
				Severity: slot.SeverityWarning, Code: "ruby.sqlite_in_release", File: "config/database.yml",
				Summary: "the database " + m[1] + " is in the release's own folder: the next deployment begins with an empty one",
				Hint:    `keep it in the folder that the variable SLOT_STORAGE names: database: <%= ENV.fetch("SLOT_STORAGE", "storage") %>/production.sqlite3`,
			})
		}
	}
	entries, _ := files.List("db/migrate")
	if len(entries) == 0 && files.First("db/schema.rb", "db/structure.sql") == "" {
		return
	}
	task := "db:prepare"
	if slices.Contains([]string{"3", "4", "5"}, g.major("railties")) {
		task = "db:migrate"
	}
	c.plan.Processes = append(c.plan.Processes, slot.Process{Type: slot.ProcessRelease, Argv: g.exec("rails", task)})
}

// tellSecrets says what Rails does not start without. A build does not see the
// slot's variables, so this can be no more than a word.
func (c *choice) tellSecrets(files *hooks.Files, name slot.Name) {
	d := slot.Diagnostic{
		Severity: slot.SeverityInfo, Code: "ruby.rails_secret",
		Summary: "Rails needs a SECRET_KEY_BASE in production, unless the app sets one itself",
		Hint:    "once: slot env set " + string(name) + " SECRET_KEY_BASE=$(openssl rand -hex 64)",
	}
	switch {
	case files.First("config/master.key", "config/credentials/production.key") != "":
		return
	case files.First("config/credentials.yml.enc", "config/credentials/production.yml.enc") != "":
		d.Summary = "Rails needs the RAILS_MASTER_KEY that opens its credentials"
		d.Hint = "once: slot env set " + string(name) + " RAILS_MASTER_KEY=$(cat config/master.key)"
	}
	c.diagnostics = append(c.diagnostics, d)
}
