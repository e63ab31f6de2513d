package export

import (
	"fmt"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// readme tells what the files are and what to do next.
func (a *App) readme(f Format, files []File) File {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("# %s, away from slot %s\n", a.Name, a.Release.Slot)
	say("What `slot export %s --format %s` wrote of release %d%s.\n", a.Release.Slot, f, a.Release.ID, a.builtOf())
	for _, file := range files {
		say("- `%s`: %s", file.Name, about(file.Name))
	}
	if a.Database != nil && a.Database.Dump {
		say("- `%s`: %s", DumpName, about(DumpName))
	}
	variables := EnvName
	if f == Kubernetes {
		variables = "kubernetes.yaml"
	}
	say("\n## What to do\n")
	say("1. Put the files into the top folder of the app's repository%s. Commit all but `%s` and `%s`.", a.checkout(), variables, DumpName)
	if left := a.leftOut(); len(left) > 0 {
		say("2. Fill in what `%s` leaves empty: %s. `slot env list %s --reveal` shows the values.", variables, strings.Join(left, ", "), a.Release.Slot)
	} else {
		say("2. Look through `%s`.", variables)
	}
	a.start(f, say)
	a.keep(f, say)
	return File{Name: ReadmeName, Text: b.String()}
}

func (a *App) builtOf() string {
	s := a.Release.Source
	if s.Commit == "" {
		return ""
	}
	text := ", commit " + s.ShortCommit()
	if s.Dirty {
		text += " with changes that were not committed"
	}
	return text
}

func (a *App) checkout() string {
	s := a.Release.Source
	if s.Local || s.Repository == "" {
		return ""
	}
	return fmt.Sprintf(" (`git clone %s`)", slot.RedactAddress(s.Repository))
}

func about(name string) string {
	return map[string]string{
		"Dockerfile":      "how the app is built, and the image it runs in",
		".dockerignore":   "what does not go into the image",
		"compose.yaml":    "the app, its workers and its database for Docker Compose",
		"kubernetes.yaml": "the app and its workers for Kubernetes, with the variables as a Secret; not for git",
		"Procfile":        "the processes, for Heroku, dokku, foreman and others",
		EnvName:           "the variables; not for git",
		DumpName:          "the database; not for git",
	}[name]
}

// start tells how the app is started.
func (a *App) start(f Format, say func(string, ...any)) {
	switch f {
	case Procfile:
		say("3. Build it: %s.", a.buildWords())
		say("4. Start it, for example with `honcho start` or `foreman start`; Heroku and dokku do both when you push.")
	case Compose:
		say("3. `docker compose up --build --detach`, then http://localhost:%d.", a.port())
	case Kubernetes:
		say("3. Build the image (`docker build -t %[1]s .`), push it where your cluster finds it, and write its name into `kubernetes.yaml` in place of `%[2]s`.", a.Name, a.image())
		say("4. `kubectl apply --filename kubernetes.yaml`, then `kubectl port-forward service/%s %d:80`.", a.Name, a.port())
	default:
		say("3. `docker build -t %s .`", a.Name)
		say("4. For `docker run` have the shell read `%[1]s`: `set -a; . ./%[1]s`, and name each variable with `-e NAME`. For Docker Compose there is `--format compose`.", EnvName)
		if p := a.one(slot.ProcessRelease); p != nil {
			say("\nRun this in the image before each release: `%s`.", a.here(p.Command()))
		}
		for _, p := range a.workers() {
			say("\nBeside it runs `%s`: `%s`, in a container of the same image.", p.Type, a.here(p.Command()))
		}
	}
}

func (a *App) buildWords() string {
	r, err := a.recipe()
	if err != nil || len(r.steps) == 0 {
		return "as its own instructions say"
	}
	steps := make([]string, len(r.steps))
	for i, s := range r.steps {
		steps[i] = "`" + strings.ReplaceAll(s, outDir+"/", "bin/") + "`"
	}
	return strings.Join(steps, ", ")
}

// keep tells of data: what is kept, and the database.
func (a *App) keep(f Format, say func(string, ...any)) {
	say("\n## Data\n")
	say("The app keeps its files in the folder that `SLOT_STORAGE` names%s. On this machine that is `slots/%s/storage` in slot's state folder: copy what is in it.", a.keptWords(f), a.Release.Slot)
	switch {
	case a.Database == nil:
	case f == Compose && a.Database.Dump:
		say("\nThe database starts with what `%s` holds; once it has data of its own, it is not read again. The password of the new one stands in `%s`.", DumpName, EnvName)
	case a.Database.Dump:
		say("\nThe app wants PostgreSQL, at the address in `DATABASE_URL`. Fill a new one: `pg_restore --no-owner --no-privileges --dbname \"$DATABASE_URL\" %s`.", DumpName)
	default:
		say("\nThe app wants PostgreSQL, at the address in `DATABASE_URL`. `slot export %s --with-database` writes a dump of the one it has.", a.Release.Slot)
	}
}

func (a *App) keptWords(f Format) string {
	if f == Procfile {
		if paths, _ := a.Config.Kept(); len(paths) > 0 {
			return ", and in " + strings.Join(paths, ", ") + ", which a new deployment elsewhere may delete"
		}
		return ", which is not set elsewhere"
	}
	return ", here a volume at `" + storage + "`"
}
