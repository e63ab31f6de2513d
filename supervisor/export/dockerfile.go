package export

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// dockerfile writes how the app becomes an image. No value of a variable of the
// slot stands in it.
func (a *App) dockerfile() (File, error) {
	r, err := a.recipe()
	if err != nil {
		return File{}, err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s, as release %d of slot %s is built and run: slot export", a.Name, a.Release.ID, a.Release.Slot)
	line("#\n#   docker build -t %s .", a.Name)
	line("#   docker run --rm -p %[1]d:%[1]d -v %[2]s-data:%[3]s %[2]s", a.port(), a.Name, storage)
	if r.build != "" {
		line("\nARG BUILD_IMAGE=%s", r.build)
	}
	line("ARG RUN_IMAGE=%s", r.run)
	work := path.Join(appDir, a.root())
	if r.build != "" {
		line("\nFROM ${BUILD_IMAGE} AS build")
		line("COPY . %s", appDir)
		line("WORKDIR %s", work)
		for _, v := range r.env {
			name, value, _ := strings.Cut(v, "=")
			line("ENV %s=\"%s\"", name, value)
		}
		for _, s := range r.steps {
			line("RUN %s", s)
		}
	}
	line("\nFROM ${RUN_IMAGE}")
	if a.Release.Plan.Static != nil {
		a.serveFiles(line, r, work)
		return File{Name: "Dockerfile", Text: b.String()}, nil
	}
	if len(r.packages) > 0 {
		line("RUN apt-get update -qq \\\n && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends %s \\\n && rm -rf /var/lib/apt/lists/*", strings.Join(r.packages, " "))
	}
	line("WORKDIR %s", work)
	line("COPY --from=build --chown=1000:1000 %s %s", appDir, appDir)
	if r.out {
		line("COPY --from=build %s %s", outDir, outDir)
	}
	if kept := a.links(); kept != "" {
		line("RUN %s", kept)
	} else {
		line("RUN mkdir -p %[1]s && chown 1000:1000 %[1]s", storage)
	}
	for _, v := range a.settings() {
		line("ENV %s", v)
	}
	line("VOLUME %s", storage)
	line("USER 1000:1000")
	line("EXPOSE %d", a.port())
	line("HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD %s", list(a.probe()))
	line("STOPSIGNAL SIGTERM")
	line("CMD %s", list(a.args(*a.Release.Plan.Web())))
	return File{Name: "Dockerfile", Text: b.String()}, nil
}

// settings are what slot gives every app, as it is in the image, and what the
// plan says: no values of the slot's variables.
func (a *App) settings() (all []string) {
	env := map[string]string{
		"HOST": "0.0.0.0", "PORT": strconv.Itoa(a.port()), "SLOT_STORAGE": storage, "BASE_PATH": "/", "LANG": "C.UTF-8",
		"HOME": "/tmp", // the user has none
	}
	if a.Release.Hook == "node" {
		env["NODE_ENV"] = "production" // a slot's is development
	}
	for name, value := range a.Release.Plan.Env {
		env[name] = a.here(value)
	}
	if web := a.Release.Plan.Web(); web != nil && web.PortEnv != "" {
		env[web.PortEnv] = env["PORT"]
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, name+"="+dockerQuoted(env[name]))
	}
	if dirs := a.Release.Plan.PathPrepend; len(dirs) > 0 {
		text := ""
		for _, d := range dirs {
			text += path.Join(appDir, a.root(), d) + ":"
		}
		all = append(all, `PATH="`+text+`$PATH"`)
	}
	return all
}

// dockerQuoted is a literal value of ENV.
func dockerQuoted(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(v) + `"`
}

// links returns the command that leads the slot's kept paths into the volume,
// as slot does; "" where it keeps none.
func (a *App) links() string {
	paths, _ := a.Config.Kept()
	if len(paths) == 0 {
		return ""
	}
	commands := []string{"mkdir -p"}
	for _, dir := range a.keptFolders() {
		commands[0] += " " + word(dir)
	}
	for _, p := range paths {
		there := path.Join(storage, p)
		here := path.Join(appDir, a.root(), p)
		commands = append(commands, fmt.Sprintf("mkdir -p %s && rm -rf %s && ln -s %s %s", word(path.Dir(here)), word(here), word(there), word(here)))
	}
	return strings.Join(append(commands, "chown -R 1000:1000 "+storage), " \\\n && ")
}

// word is a text as one word of a shell.
func word(text string) string {
	plain := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-", r)
	}
	if text != "" && !strings.ContainsFunc(text, plain) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// dockerignore keeps out of the image what a build makes anew and what is
// nobody's business.
func dockerignore() File {
	return File{Name: ".dockerignore", Text: strings.Join([]string{
		".git", "**/node_modules", "**/.venv", "**/__pycache__", EnvName, "**/" + EnvName, "*.dump",
		"Dockerfile", ".dockerignore", "compose.yaml", "kubernetes.yaml", ReadmeName,
	}, "\n") + "\n"}
}
