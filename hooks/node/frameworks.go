package node

import (
	"path"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// framework is one that decides how its apps run. decide returns false when
// the app uses it otherwise than usual, and the next one is asked.
type framework struct {
	name         string
	dependencies []string
	configs      []string
	decide       func(c *choice, f facts) bool
}

// frameworks lists them in the order they are asked: those that build on Vite
// before Vite.
func frameworks() []framework {
	return []framework{
		{"next", []string{"next"}, variants("next.config"), decideNext},
		{"nuxt", []string{"nuxt"}, variants("nuxt.config"), decideNuxt},
		{"nest", []string{"@nestjs/core"}, []string{"nest-cli.json"}, decideNest},
		{"sveltekit", []string{"@sveltejs/kit"}, variants("svelte.config"), decideSvelteKit},
		{"react-router", []string{"@react-router/dev", "@remix-run/node"}, variants("react-router.config"), decideReactRouter},
		{"astro", []string{"astro"}, variants("astro.config"), decideAstro},
		{"create-react-app", []string{"react-scripts"}, nil, decideCRA},
		{"angular", []string{"@angular/cli"}, []string{"angular.json"}, decideAngular},
		{"gatsby", []string{"gatsby"}, variants("gatsby-config"), static(false, "public")},
		{"docusaurus", []string{"@docusaurus/core"}, variants("docusaurus.config"), static(false, "build")},
		{"eleventy", []string{"@11ty/eleventy"}, nil, static(false, "_site")},
		{"vue-cli", []string{"@vue/cli-service"}, variants("vue.config"), static(true, "dist")},
		{"vite", []string{"vite"}, variants("vite.config"), decideVite},
		{"parcel", []string{"parcel"}, nil, static(false, "dist")},
	}
}

// frameworkNames lists the packages that tell a framework.
func frameworkNames() (names []string) {
	for _, f := range frameworks() {
		names = append(names, f.dependencies...)
	}
	return names
}

func variants(config string) []string {
	return []string{config + ".js", config + ".mjs", config + ".ts", config + ".mts", config + ".cjs"}
}

var (
	nextExport  = lazyregexp.New(`\boutput\s*:\s*['"]export['"]`)
	distDir     = lazyregexp.New(`\bdistDir\s*:\s*['"]([^'"]+)['"]`)
	astroServer = lazyregexp.New(`\boutput\s*:\s*['"](server|hybrid)['"]`)
	ssrOff      = lazyregexp.New(`\bssr\s*:\s*false\b`)
	outDir      = lazyregexp.New(`\boutDir\s*:\s*['"]([^'"]+)['"]`)
	outDirFlag  = lazyregexp.New(`--outDir[ =]["']?([^\s"']+)`)
	viteRoot    = lazyregexp.New(`(?m)^\s*root\s*:\s*['"]([^'"]+)['"]`)
)

// static decides for a generator of sites.
func static(spa bool, outputs ...string) func(*choice, facts) bool {
	return func(c *choice, f facts) bool {
		if f.custom || f.m.scripts["build"] == "" {
			return false
		}
		c.site(spa, outputs...)
		return true
	}
}

// production is serve for a framework whose build is for production only.
func (c *choice) production(web slot.Process) {
	c.serve(web)
	c.plan.Env = map[string]string{"NODE_ENV": "production"}
}

func decideNext(c *choice, f facts) bool {
	own := f.custom && !strings.HasPrefix(f.m.scripts["start"], "next start")
	switch {
	case nextExport.MatchString(f.config) && !own:
		root := "out"
		if m := distDir.FindStringSubmatch(f.config); m != nil {
			root = path.Clean(m[1])
		}
		c.site(false, root)
	case own:
		c.production(startScript(f.m, f.pm))
	default: // with the port and the address of the slot, whatever the script says
		c.production(slot.Process{Type: slot.ProcessWeb, Shell: `next start -p "$PORT" -H "$HOST"`})
	}
	return true
}

var nuxtGenerate = lazyregexp.New(`\b(nuxt|nuxi) generate\b`)

func decideNuxt(c *choice, f facts) bool {
	if nuxtGenerate.MatchString(f.m.scripts["build"]) && !f.custom {
		c.site(false, ".output/public")
		return true
	}
	c.production(hooks.Command(slot.ProcessWeb, "node .output/server/index.mjs"))
	return true
}

func decideNest(c *choice, f facts) bool {
	if script := f.m.scripts["start:prod"]; script != "" {
		c.production(hooks.Command(slot.ProcessWeb, script))
		return true
	}
	c.production(hooks.Command(slot.ProcessWeb, "node dist/main"))
	return true
}

func decideSvelteKit(c *choice, f facts) bool {
	if _, ok := f.m.uses("@sveltejs/adapter-static"); ok && !f.custom {
		c.site(false, "build")
		return true
	}
	if _, ok := f.m.uses("@sveltejs/adapter-node"); !ok {
		c.buildEnv = []string{"GCP_BUILDPACKS=true"} // makes adapter-auto choose adapter-node
		c.warnings = append(c.warnings, slot.Diagnostic{
			Severity: slot.SeverityInfo, Code: "node.sveltekit_adapter",
			Summary: "SvelteKit's adapter-auto fetches adapter-node in each build",
			Hint:    "run npm install -D @sveltejs/adapter-node and name it in place of adapter-auto: builds get faster",
		})
	}
	if f.custom {
		c.production(startScript(f.m, f.pm))
	} else {
		c.production(hooks.Command(slot.ProcessWeb, "node build"))
	}
	// SvelteKit refuses forms that do not come from its own address, which the
	// proxy tells it.
	c.plan.Env["PROTOCOL_HEADER"], c.plan.Env["HOST_HEADER"] = "x-forwarded-proto", "x-forwarded-host"
	return true
}

func decideReactRouter(c *choice, f facts) bool {
	switch {
	case ssrOff.MatchString(f.config):
		c.site(true, "build/client")
	case f.custom:
		c.production(startScript(f.m, f.pm))
	default:
		return false
	}
	return true
}

func decideAstro(c *choice, f facts) bool {
	_, adapter := f.m.uses("@astrojs/node")
	switch {
	case f.custom:
		c.production(startScript(f.m, f.pm))
	case adapter || astroServer.MatchString(f.config):
		c.production(hooks.Command(slot.ProcessWeb, "node dist/server/entry.mjs"))
	default:
		return static(false, outDirOf(f, "dist"))(c, f)
	}
	return true
}

func decideCRA(c *choice, f facts) bool {
	c.buildEnv = []string{"CI=false"} // true would make every lint warning an error
	return static(true, "build")(c, f)
}

func decideAngular(c *choice, f facts) bool {
	return static(true, "dist/browser", "dist")(c, f)
}

// decideVite needs a build that is Vite's: Vite is also a tool of test runners.
func decideVite(c *choice, f facts) bool {
	if !c.configured && !strings.Contains(f.m.scripts["build"], "vite build") {
		return false
	}
	return static(true, outDirOf(f, "dist"))(c, f)
}

// outDirOf returns the output folder that the build script or the
// configuration names.
func outDirOf(f facts, usual string) string {
	if m := outDirFlag.FindStringSubmatch(f.m.scripts["build"]); m != nil {
		return path.Clean(m[1])
	}
	root := "."
	if m := viteRoot.FindStringSubmatch(f.config); m != nil {
		root = m[1]
	}
	if m := outDir.FindStringSubmatch(f.config); m != nil {
		usual = m[1]
	}
	return path.Join(root, usual)
}
