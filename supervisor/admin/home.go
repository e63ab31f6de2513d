package admin

import "net/http"

// homePage is the first page. It is not "/": to a bare "/" Coder's proxy adds
// the query of the app's address, with the token in it, each time.
const homePage = "/slots"

// home takes the token of Coder's button and leads on to the first page. A
// browser that has a session keeps it; one that may withhold it is asked again.
func (a *Admin) home(w http.ResponseWriter, r *http.Request) {
	_, known := a.identify(r)
	key := r.URL.Query().Get("token")
	switch {
	case key == "":
		a.private(a.dashboard).ServeHTTP(w, r)
	case known:
		http.Redirect(w, r, homePage, http.StatusSeeOther)
	case fromElsewhere(r):
		a.bounce(w, r)
	default:
		a.open(w, r, key, homePage)
	}
}
