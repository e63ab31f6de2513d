package export

import (
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// compose writes the app, its workers, its release command and its database as
// a project of Docker Compose.
func (a *App) compose() (File, error) {
	if _, err := a.recipe(); err != nil {
		return File{}, err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s, as release %d of slot %s ran: slot export. Start it: docker compose up --build", a.Name, a.Release.ID, a.Release.Slot)
	line("name: %s\n\nservices:", quoted(a.Name))
	release := a.one(slot.ProcessRelease)
	after := func() { // what the app waits for
		switch {
		case release != nil:
			line("    depends_on:\n      release: {condition: service_completed_successfully}")
		case a.dumped():
			line("    depends_on:\n      restore: {condition: service_completed_successfully}")
		}
	}
	line("  web:\n    build: .")
	line("    ports: [\"%[1]d:%[1]d\"]", a.port())
	a.service(line, a.restart())
	after()
	for _, p := range a.workers() {
		line("\n  %s:", serviceName(p.Type))
		a.service(line, a.restart())
		line("    command: %s", a.composed(a.args(p)))
		line("    healthcheck: {disable: true}")
		after()
	}
	if release != nil { // runs once each time, before the others start
		line("\n  release:")
		a.service(line, "no")
		line("    command: %s", a.composed(a.args(*release)))
		line("    healthcheck: {disable: true}")
		if a.dumped() {
			line("    depends_on:\n      restore: {condition: service_completed_successfully}")
		}
	}
	if a.dumped() {
		a.composeDatabase(line)
	}
	if a.Release.Plan.Static == nil {
		line("\nvolumes:\n  data: {}")
		if a.dumped() {
			line("  database: {}")
		}
	}
	return File{Name: "compose.yaml", Text: b.String()}, nil
}

// serviceName keeps a worker out of the way of the project's own services.
func serviceName(processType string) string {
	switch processType {
	case "db", "restore":
		return processType + "-worker"
	}
	return processType
}

// service writes what the app's processes have in common.
func (a *App) service(line func(string, ...any), restart string) {
	line("    image: %s", quoted(a.Name))
	line("    env_file: [%s]", EnvName)
	if a.Release.Plan.Static == nil {
		line("    volumes: [\"data:%s\"]", storage)
	}
	line("    init: true\n    restart: %s", quoted(restart))
	line("    stop_grace_period: %ds", a.stopSeconds())
	if n := a.Config.MemoryLimit; n > 0 {
		line("    mem_limit: %d", int64(n))
	}
	if n := a.Config.CPULimit; n > 0 {
		line("    cpus: %v", n)
	}
}

func (a *App) restart() string {
	switch a.Config.Restart {
	case slot.RestartNever:
		return "no"
	case slot.RestartOnFailure:
		return "on-failure"
	}
	return "unless-stopped"
}

func (a *App) stopSeconds() int {
	return int(a.Config.StopTimeout.Or(slot.DefaultStopTimeout).Round(time.Second).Seconds())
}

func (a *App) dumped() bool {
	return a.Database != nil && a.Database.Dump && a.Release.Plan.Static == nil
}

// composed is a command in a compose file, where $ begins one of Compose's own
// variables.
func (a *App) composed(args []string) string { return strings.ReplaceAll(list(args), "$", "$$") }

// fill restores the dump into a database without tables.
const fill = `found=$(psql "$DATABASE_URL" -AtXc "select count(*) from pg_class where relnamespace = 'public'::regnamespace") && ` +
	`if [ "$found" = 0 ]; then pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname "$DATABASE_URL" /` + DumpName + `; fi`

func (a *App) composeDatabase(line func(string, ...any)) {
	data := "/var/lib/postgresql/data"
	if a.Database.Major >= 18 { // Source: the image's own words
		data = "/var/lib/postgresql"
	}
	image := fmt.Sprintf("docker.io/library/postgres:%d", a.Database.Major)
	line("\n  db:\n    image: %s\n    env_file: [%s]", image, EnvName)
	line("    volumes: [\"database:%s\"]\n    restart: unless-stopped", data)
	line("    healthcheck:\n      test: [\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"app\"] # it listens there once it is set up")
	line("      interval: 2s\n      retries: 30")
	line("\n  restore: # the dump, into a database that has no tables yet")
	line("    image: %s\n    env_file: [%s]", image, EnvName)
	line("    volumes: [\"./%[1]s:/%[1]s:ro\"]", DumpName)
	line("    command: %s", a.composed([]string{"bash", "-c", fill}))
	line("    depends_on:\n      db: {condition: service_healthy}")
}
