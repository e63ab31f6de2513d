package export

import (
	"slices"

	"github.com/slot-paas/slot/internal/envfile"
)

// env is the file of variables, for nobody else to read. What is left out
// stands there without a value.
func (a *App) env(f Format) File {
	text := string(envfile.Write(a.variables(f), envfile.Dotenv))
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
