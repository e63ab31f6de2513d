package admin

import "net/http"

// openPgAdmin sends the browser to pgAdmin, logged in by a link that is good
// once. It is a GET, because the policy lets no form lead to another origin;
// whoever is lured here only arrives at a page of their own.
func (a *Admin) openPgAdmin(w http.ResponseWriter, r *http.Request, c caller) {
	if a.Database == nil {
		a.notFound(w, r, c)
		return
	}
	path, err := a.Database.PgAdminLogin()
	a.note(r, c, "pgadmin open", "", "", err)
	if err != nil {
		a.problem(w, r, c, err)
		return
	}
	http.Redirect(w, r, a.Settings.Address("pgadmin", a.Settings.PgAdminPort)+path, http.StatusSeeOther)
}
