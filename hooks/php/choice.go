package php

import (
	"cmp"
	"maps"
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// choice is how an app is run.
type choice struct {
	framework   string
	root        string // the folder that is served, "." for the app's own
	index       string // its index.php, "" for none
	router      string // the app's own file for php -S, "" for slot's
	front       bool   // index.php answers for every path that is no file
	evidence    []string
	configured  bool // rests on a file of the framework
	env         map[string]string
	diagnostics []slot.Diagnostic
	problem     *slot.Diagnostic // why it cannot be run
}

// roots are the folders that frameworks and providers serve pages from, the
// app's own last.
func roots() []string {
	return []string{"public", "web", "webroot", "public_html", "htdocs", "www", "."}
}

// choose finds the folder to serve, and what is known of its framework.
func choose(files *hooks.Files, c composer, name slot.Name) choice {
	found := choice{framework: "plain", env: map[string]string{}}
	for _, root := range roots() {
		if index := path.Join(root, "index.php"); files.Exists(index) {
			found.root, found.index, found.front = root, index, root != "."
			break
		}
	}
	if found.index == "" {
		found.framework = ""
		found.problem = &slot.Diagnostic{
			Severity: slot.SeverityError, Code: "php.no_start",
			Summary: "there is no index.php to serve, in the app's folder or in " + strings.Join(roots()[:len(roots())-1], ", "),
			Hint:    "name the first page index.php, or set start",
		}
		return found
	}
	found.evidence = []string{found.index}
	for _, router := range []string{"router.php", path.Join(found.root, "router.php")} {
		if text := readText(files, router); strings.Contains(text, "cli-server") || strings.Contains(text, "return false") {
			found.router = router
			break
		}
	}
	switch {
	case files.Exists("artisan"):
		found.laravel(files, name)
	case c.has("symfony/framework-bundle") || c.has("symfony/runtime"):
		found.framework = "symfony"
		found.env["APP_ENV"], found.env["APP_DEBUG"] = "prod", "0"
	case files.Exists("wp-load.php"):
		found.framework, found.front = "wordpress", true
	default:
		for _, known := range []string{"slim/slim", "cakephp/cakephp", "yiisoft/yii2", "laminas/laminas-mvc", "codeigniter4/framework", "drupal/core"} {
			if c.has(known) {
				found.framework, _, _ = strings.Cut(known, "/")
			}
		}
	}
	found.tellFrontEnd(files)
	return found
}

// laravel takes an app with an artisan.
func (c *choice) laravel(files *hooks.Files, name slot.Name) {
	c.framework, c.configured = "laravel", true
	c.evidence = append(c.evidence, "artisan")
	maps.Copy(c.env, map[string]string{"APP_ENV": "production", "APP_DEBUG": "false", "LOG_CHANNEL": "stderr"})
	if name == "" {
		name = "a"
	}
	if !strings.Contains(readText(files, ".env"), "APP_KEY=base64:") {
		c.diagnostics = append(c.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "php.laravel_key",
			Summary: "Laravel needs an APP_KEY in production",
			Hint:    "once: slot env set " + string(name) + " APP_KEY=base64:$(openssl rand -base64 32)",
		})
	}
	entries, _ := files.List("database/migrations")
	if len(entries) > 0 && !files.Exists("Procfile") {
		c.diagnostics = append(c.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "php.laravel_migrate",
			Summary: "slot does not migrate Laravel's database by itself",
			Hint:    "a Procfile with the line \"release: php artisan migrate --force\" does it before each switch",
		})
	}
}

// tellFrontEnd says what a build passes over.
func (c *choice) tellFrontEnd(files *hooks.Files) {
	if text := readText(files, "package.json"); strings.Contains(text, `"build"`) {
		c.diagnostics = append(c.diagnostics, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "php.front_end", File: "package.json",
			Summary: "slot leaves package.json alone",
			Hint:    "if it builds scripts and styles, set build.command to \"npm ci && npm run build\"",
		})
	}
}

// workers is how many requests php -S answers at once. One, its default, is
// blocked by any slow request, the check's included.
const workers = "4"

// plan says how the app is served.
func (c *choice) plan(frankenphp bool) slot.LaunchPlan {
	plan := slot.LaunchPlan{Env: maps.Clone(c.env)}
	if c.index == "" {
		return plan
	}
	plan.Env["PHP_INI_SCAN_DIR"] = ":" + ownDir // beside the machine's; from the app's folder
	if frankenphp && c.franken() {
		plan.Processes = []slot.Process{{Type: slot.ProcessWeb, Shell: `frankenphp php-server --root ` + c.root + ` --listen "$HOST:$PORT"`}}
		return plan
	}
	plan.Env["PHP_CLI_SERVER_WORKERS"] = workers
	plan.Processes = []slot.Process{{
		Type: slot.ProcessWeb, Shell: `php -d opcache.lockfile_path="$TMPDIR" -S "$HOST:$PORT" -t ` + c.root + " " + cmp.Or(c.router, ownDir+"/router.php"),
	}}
	return plan
}

// franken reports whether FrankenPHP can serve the app. It gives out any file
// below its root, so not where that is the app's own folder, with its .env.
func (c *choice) franken() bool { return c.root != "." && c.router == "" }
