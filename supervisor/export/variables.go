package export

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/slot-paas/slot/internal/envfile"
)

// env is the file of variables, for nobody else to read. What is left out
// stands there without a value.
func (a *App) env(f Format) File {
	text := string(envfile.Write(a.variables(f), envfile.Dotenv))
	if f == Compose {
		text = composeEnv(a.variables(f))
	}
	if left := a.leftOut(); len(left) > 0 {
		text += "\n# Secrets: slot export --with-secrets writes their values.\n"
		for _, name := range left {
			text += name + "=\n"
		}
	}
	return File{Name: EnvName, Text: text, Secret: true}
}

// variables are the slot's, and those of a database that comes along.
func (a *App) variables(f Format) map[string]string {
	all := map[string]string{}
	for name, value := range a.Env {
		all[name] = value
	}
	if f == Compose && a.dumped() {
		all["POSTGRES_USER"], all["POSTGRES_DB"], all["POSTGRES_PASSWORD"] = "app", "app", a.Database.Password
		all["POSTGRES_HOST"], all["POSTGRES_PORT"] = "db", "5432"
		all["DATABASE_URL"] = "postgres://app:" + a.Database.Password + "@db:5432/app"
	}
	return all
}

// leftOut names the variables that are to be filled in.
func (a *App) leftOut() []string { return slices.Sorted(slices.Values(a.LeftOut)) }

// composeEnv writes variables as Docker Compose reads them. It knows another
// dotenv than shells do: a backslash escapes a quote between single quotes too,
// and nothing but itself, " and $ between double ones.
// https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
func composeEnv(env map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value := env[name]
		if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`'"$#\`, r) }) {
			value = `"` + composeQuoted.Replace(value) + `"`
		}
		b.WriteString(name + "=" + value + "\n")
	}
	return b.String()
}

var composeQuoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`)
