package admin

import (
	"net/http"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// routes is every address of the admin.
func (a *Admin) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", a.login)
	mux.HandleFunc("POST /login", a.loginPost)
	mux.HandleFunc("GET /assets/{digest}/{name}", serveAsset)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, assetURL("icon.svg"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /{$}", a.home)
	pages := map[string]handler{
		"POST /logout":     a.logout,
		"POST /theme":      a.setTheme,
		"GET /slots":       a.dashboard,
		"GET /live":        a.live,
		"POST /deploy-all": a.deployAll,

		"GET /slots/{slot}":              a.onSlot(a.slotPage),
		"GET /deployments/{id}":          a.deploymentPage,
		"GET /config/{slot}":             a.onSlot(a.configPage),
		"POST /config/{slot}":            a.onSlot(a.configSave),
		"POST /config/{slot}/check":      a.onSlot(a.configCheck),
		"POST /config/{slot}/draft":      a.onSlot(a.configDraft),
		"POST /config/{slot}/discard":    a.onSlot(a.configDiscard),
		"POST /config/{slot}/repository": a.onSlot(a.configRepository),
		"GET /logs/{slot}":               a.onSlot(a.logsPage),
		"GET /logs/{slot}/stream":        a.onSlot(a.logsStream),
		"GET /logs/{slot}/download":      a.onSlot(a.logsDownload),
		"GET /deployments/{id}/stream":   a.deploymentStream,
		"GET /deployments/{id}/log":      a.deployLogDownload,
		"GET /api/openapi.json":          a.openapi,
		"GET /settings":                  a.settings,
		"POST /settings/tokens":          a.tokenCreate,
		"POST /settings/tokens/revoke":   a.tokenRevoke,
		"POST /settings/webhook/rotate":  a.webhookRotate,
		"POST /settings/webhook/finish":  a.webhookFinish,
		"POST /settings/webhook/reveal":  a.webhookReveal,
		"POST /settings/webhook/replay":  a.webhookReplay,
		"POST /settings/webhook/test":    a.webhookTest,
		"GET /settings/pgadmin":          a.openPgAdmin,

		"GET /settings/database":          a.databaseSettings,
		"POST /settings/database/backup":  a.databaseBackup,
		"POST /settings/database/restore": a.databaseRestore,
		"GET /settings/hooks":             a.hookSettings,
		"POST /settings/hooks/trust":      a.hookTrust,
		"POST /settings/hooks/untrust":    a.hookUntrust,
		"GET /settings/previews":          a.previewSettings,
		"POST /settings/previews":         a.previewEnable,
		"POST /settings/previews/disable": a.previewDisable,
		"POST /settings/previews/close":   a.previewClose,
		"POST /settings/github-token":     a.githubToken,
		"GET /settings/coder":             a.coderSettings,

		"GET /metrics":                a.metrics,
		"GET /history":                a.history,
		"POST /slots/{slot}/deploy":   a.onSlot(a.slotDeploy),
		"POST /slots/{slot}/restart":  a.onSlot(a.slotRestart),
		"POST /slots/{slot}/stop":     a.onSlot(a.slotStop),
		"POST /slots/{slot}/start":    a.onSlot(a.slotStart),
		"POST /slots/{slot}/rollback": a.onSlot(a.slotRollback),
		"POST /slots/{slot}/cancel":   a.onSlot(a.slotCancel),
	}
	for pattern, h := range pages {
		mux.Handle(pattern, a.private(h))
	}
	for _, c := range a.calls() {
		mux.Handle(c.Method+" "+c.Path, a.private(c.handler))
	}
	mux.Handle("/", a.private(a.elsewhere(mux)))

	origin := http.NewCrossOriginProtection()
	guarded := headers(a.guard(isolate(origin.Handler(mux))))
	if a.Webhook == nil {
		return guarded
	}
	outer := http.NewServeMux()
	outer.Handle("/webhook", a.Webhook)
	outer.Handle("/webhook/", a.Webhook)
	outer.Handle("/", guarded)
	return outer
}

// slotHandler answers a request that is about one slot.
type slotHandler func(w http.ResponseWriter, r *http.Request, c caller, n slot.Name)

// onSlot reads the slot's name.
func (a *Admin) onSlot(next slotHandler) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) {
		n, err := slot.ParseName(r.PathValue("slot"))
		if err != nil {
			a.problem(w, r, c, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next(w, r, c, n)
	}
}

// maxForm bounds a form: the slot's variables at their largest, and some.
const maxForm = 8 << 20

// elsewhere answers what no route does: with the methods that the address
// takes, where there are some.
func (a *Admin) elsewhere(mux *http.ServeMux) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "/" {
				allowed = append(allowed, method)
			}
		}
		if allowed == nil {
			a.notFound(w, r, c)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		a.fail(w, badForm(r.URL.Path+" takes "+strings.Join(allowed, " and ")+", not "+r.Method), http.StatusMethodNotAllowed)
	}
}

func (a *Admin) notFound(w http.ResponseWriter, r *http.Request, c caller) {
	a.problem(w, r, c, slot.E(slot.KindNotFound, "", errorf("there is no page %s", strings.TrimSpace(r.URL.Path))))
}
