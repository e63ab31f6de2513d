package admin

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

const previewsPage = "/settings/previews"

type previewsView struct {
	Settings []slot.PreviewConfig
	Shown    []shownPreview
	Names    []slot.Name
	Token    bool // one for GitHub is kept
	Webhook  bool
}

// shownPreview is a slot that shows a pull request.
type shownPreview struct {
	Slot slot.Name
	URL  string
	slot.Preview
}

// previewSettings shows which slots are set aside for pull requests, and what
// they show.
func (a *Admin) previewSettings(w http.ResponseWriter, r *http.Request, c caller) {
	v := previewsView{Settings: a.Store.Config().Previews, Names: slot.Names(), Webhook: a.Webhook != nil}
	for i := range v.Settings {
		v.Settings[i].Repository = slot.RedactAddress(v.Settings[i].Repository)
	}
	for _, n := range slot.Names() {
		if p := a.Store.State(n).Preview; p != nil {
			v.Shown = append(v.Shown, shownPreview{n, a.Engine.Status(n).URL, *p})
		}
	}
	if secrets, err := a.Store.Webhook(); err == nil {
		v.Token = secrets.GitHubToken != ""
	}
	a.page(w, r, c, "settings_previews.html", "Previews", "settings", v)
}

// previewEnable sets slots aside for the pull requests of a repository.
func (a *Admin) previewEnable(w http.ResponseWriter, r *http.Request, c caller) {
	form, err := formOf(r)
	p := slot.PreviewConfig{Repository: strings.TrimSpace(form.Get("repository")), Label: strings.TrimSpace(form.Get("label")),
		Forks: form.Get("forks") != "", Evict: form.Get("evict") != ""}
	if err == nil {
		p.Slots, err = namesOf(form["slots"])
	}
	if from := form.Get("from"); err == nil && from != "" {
		p.From, err = slot.ParseName(from)
	}
	switch {
	case err != nil:
	case a.Webhook == nil:
		err = errNoWebhook()
	case len(p.Slots) == 0:
		err = badForm("no slot is chosen")
	default:
		err = a.Webhook.EnablePreviews(p)
	}
	a.note(r, c, "preview enable", "", slot.RedactAddress(p.Repository), err)
	a.done(w, r, c, previewsPage, "Pull requests are shown from now on.", err)
}

func namesOf(words []string) (all []slot.Name, err error) {
	for _, word := range words {
		n, err := slot.ParseName(word)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// previewDisable frees the slots that were set aside for a repository.
func (a *Admin) previewDisable(w http.ResponseWriter, r *http.Request, c caller) {
	repository, err := r.FormValue("repository"), errNoWebhook()
	if a.Webhook != nil {
		err = a.Webhook.DisablePreviews(a.addressOf(repository))
	}
	a.note(r, c, "preview disable", "", slot.RedactAddress(repository), err)
	a.done(w, r, c, previewsPage, "Its slots are free again.", err)
}

// addressOf is the address of which a page shows no token.
func (a *Admin) addressOf(shown string) string {
	for _, p := range a.Store.Config().Previews {
		if slot.RedactAddress(p.Repository) == shown {
			return p.Repository
		}
	}
	return shown
}

// previewClose frees the slot of a pull request.
func (a *Admin) previewClose(w http.ResponseWriter, r *http.Request, c caller) {
	number, err := strconv.Atoi(r.FormValue("number"))
	switch {
	case err != nil || number < 1:
		err = badForm(strconv.Quote(r.FormValue("number")) + " is not the number of a pull request")
	case a.Webhook == nil:
		err = errNoWebhook()
	default:
		_, err = a.Webhook.ClosePreview(r.FormValue("repository"), number)
	}
	a.note(r, c, "preview close", "", "#"+r.FormValue("number"), err)
	a.done(w, r, c, previewsPage, "Its slot is free again.", err)
}

// githubToken keeps the token for GitHub, or forgets it. It is never shown.
func (a *Admin) githubToken(w http.ResponseWriter, r *http.Request, c caller) {
	token, text := strings.TrimSpace(r.FormValue("token")), "The token is kept."
	forget := r.FormValue("forget") != ""
	var err error
	switch {
	case forget:
		token, text = "", "The token is forgotten."
	case token == "" || strings.ContainsFunc(token, unprintable):
		err = badForm("that is no token")
	}
	if err == nil {
		err = a.Store.SetGitHubToken(token)
	}
	detail := "kept"
	if forget {
		detail = "forgotten"
	}
	a.note(r, c, "github token", "", detail, err)
	a.done(w, r, c, previewsPage, text, err)
}
