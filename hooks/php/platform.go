package php

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/slot"
)

// aptPackage returns the package of Debian and Ubuntu that has an extension.
// Source: the lists of files of PHP 8.2's packages in Debian 12.
func aptPackage(extension string) string {
	for name, extensions := range map[string][]string{
		"php-xml":     {"dom", "simplexml", "xml", "xmlreader", "xmlwriter", "xsl"},
		"php-sqlite3": {"sqlite3", "pdo_sqlite"},
		"php-mysql":   {"mysqli", "mysqlnd", "pdo_mysql"},
		"php-pgsql":   {"pgsql", "pdo_pgsql"},
		"php-sybase":  {"pdo_dblib"},
		"php-odbc":    {"odbc", "pdo_odbc"},
		"php-common": {
			"calendar", "ctype", "exif", "ffi", "fileinfo", "ftp", "gettext", "iconv", "pdo", "phar", "posix", "shmop",
			"sockets", "sysvmsg", "sysvsem", "sysvshm", "tokenizer",
		},
	} {
		if slices.Contains(extensions, extension) {
			return name
		}
	}
	return "php-" + strings.ReplaceAll(extension, "_", "-")
}

// checkPlatform finds what the machine's PHP lacks, all of it at once, before
// Composer names the first.
func (j *job) checkPlatform() error {
	c, v := j.app.composer, j.app.version
	if asked := c.require["php"]; asked != "" && c.platform["php"] == "" && !satisfies(v.Resolved, asked) {
		return hooks.Fail(versionDiagnostic(asked, fromManifest, v.Resolved))
	}
	if v.Requested != "" && v.Source != fromManifest && !satisfies(v.Resolved, v.Requested) {
		d := versionDiagnostic(v.Requested, v.Source, v.Resolved)
		d.Severity = slot.SeverityWarning
		j.b.Diagnose(d)
	}
	var lacking, packages []string
	for _, name := range c.extensions() {
		if !j.runtime.has(name) {
			lacking = append(lacking, name)
			if p := aptPackage(name); !slices.Contains(packages, p) {
				packages = append(packages, p)
			}
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	what := "extension "
	if len(lacking) > 1 {
		what = "extensions "
	}
	return hooks.Fail(slot.Diagnostic{
		Code: "php.extension", File: "composer.json",
		Summary: "the app needs the PHP " + what + strings.Join(lacking, ", ") + ", which this machine does not have",
		Hint:    "install: sudo apt-get install " + strings.Join(packages, " "),
	})
}

func versionDiagnostic(asked, source, have string) slot.Diagnostic {
	return slot.Diagnostic{
		Code: "php.version", File: strings.TrimPrefix(source, "the slot's versions"),
		Summary: fmt.Sprintf("the app asks for PHP %s (%s), and this machine has %s", asked, source, have),
		Hint:    "install that version, or change what the app asks for",
	}
}

// has reports whether an extension is loaded. One calls itself by two words.
func (r runtime) has(extension string) bool {
	return slices.ContainsFunc(r.Extensions, func(loaded string) bool {
		loaded = strings.ToLower(loaded)
		return loaded == extension || strings.TrimPrefix(loaded, "zend ") == strings.TrimPrefix(extension, "zend-")
	})
}
