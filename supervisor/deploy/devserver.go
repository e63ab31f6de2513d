package deploy

import (
	"fmt"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
)

// devServers finds the servers that tools start for development: slow, not
// meant for visitors, some of them open to read the machine's files.
var devServers = lazyregexp.New(`(?:^|[/ ])(vite(?:\.js)?(?: dev| serve)?(?: --\S+.*)?$|next(?:\.js)? dev|nuxi? dev|nuxt dev|astro(?:\.js)? dev|nodemon|ts-node-dev|tsx watch|webpack(?:-dev-server|(?:-cli)? serve)|react-scripts(?:\.js)? start|ng serve|vue-cli-service serve|remix dev|gatsby develop|manage\.py runserver|flask .*run\b|uvicorn .*--reload)`)

// devBanner is what such servers say of themselves.
var devBanner = lazyregexp.New(`This is a development server|Starting development server at|webpack-dev-server`)

// warnOfDevServer says so when what passed the check is a development server.
func (r *run) warnOfDevServer() {
	which := ""
	for _, line := range r.next.web.out.Tail(evidenceLines) {
		if devBanner.MatchString(line) {
			which = "it says so itself"
		}
	}
	for _, command := range process.Commands(r.next.web.Snapshot().Identity) {
		if m := devServers.FindStringSubmatch(command); m != nil {
			which = m[1]
		}
	}
	if which == "" {
		return
	}
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "app.dev_server",
		Summary: fmt.Sprintf("the app runs a development server (%s)", which),
		Hint: fmt.Sprintf("it is slow and shows its insides: build the app and start what production uses, in the start script or by slot config set %s.start=...",
			r.lane.name),
	})
}
