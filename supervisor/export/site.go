package export

import (
	"path"
	"strconv"
)

// caddyImage serves static sites.
const caddyImage = "docker.io/library/caddy:2"

// serveFiles ends the Dockerfile of a static site: Caddy serves it as slot's
// proxy does.
func (a *App) serveFiles(line func(string, ...any), r recipe, work string) {
	site := a.Release.Plan.Static
	from, root := "", path.Join(a.root(), site.Root)
	if r.build != "" {
		from, root = "--from=build ", path.Join(work, site.Root)
	}
	line("COPY %s%s /srv", from, root)
	text := "" // by printf: a file in the Dockerfile itself needs a newer builder than some have
	for _, l := range a.caddyfile() {
		text += " " + word(l)
	}
	line(`RUN mkdir -p /etc/caddy && printf '%%s\n'%s > /etc/caddy/Caddyfile`, text)
	line("ENV PORT=%d XDG_CONFIG_HOME=/tmp XDG_DATA_HOME=/tmp", a.port())
	line("USER 1000:1000")
	line("EXPOSE %d", a.port())
	line("HEALTHCHECK --interval=30s --timeout=5s CMD %s", list(a.probe()))
	line(`CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]`)
}

// caddyfile has the rules of supervisor/proxy for static sites.
func (a *App) caddyfile() []string {
	site := a.Release.Plan.Static
	lines := []string{"{", "admin off", "}", ":{$PORT} {", "root * /srv", "encode zstd gzip",
		"@hidden {", "path */.*", "not path /.well-known/*", "}", "error @hidden 404"}
	if site.SPA {
		lines = append(lines, "try_files {path} {path}/index.html {path}.html /index.html")
	} else {
		lines = append(lines, "try_files {path} {path}/index.html {path}.html")
	}
	lines = append(lines, "file_server")
	if site.NotFound != "" {
		lines = append(lines, "handle_errors {", "@missing expression {err.status_code} == 404",
			"rewrite @missing "+strconv.Quote("/"+site.NotFound), "file_server", "}")
	}
	return append(lines, "}")
}
