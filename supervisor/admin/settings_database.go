package admin

import (
	"context"
	"net/http"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/database"
)

const databasePage = "/settings/database"

// Database is what the pages need of the room of PostgreSQL.
type Database interface {
	Status(context.Context) slot.DatabaseStatus
	PgAdminStatus(context.Context) slot.PgAdminStatus
	PgAdminLogin() (path string, err error) // of a link below pgAdmin's address, good once
	Backups() ([]slot.Backup, error)
	Backup(context.Context, slot.DatabaseSource, slot.Progress) (slot.Backup, error)
	Restore(context.Context, database.Restore, slot.Progress) (database.Restored, error)
}

type databaseView struct {
	Status  *slot.DatabaseStatus // nil where there is none
	PgAdmin slot.PgAdminStatus
	Backups []slot.Backup
	Error   string       // why the backups cannot be listed
	Chosen  *slot.Backup // that is to be restored, if it is confirmed
}

// databaseSettings shows the databases and their backups; with ?restore= it
// asks whether that one is meant.
func (a *Admin) databaseSettings(w http.ResponseWriter, r *http.Request, c caller) {
	v := databaseView{}
	if a.Database != nil {
		s := a.Database.Status(r.Context())
		v.Status, v.PgAdmin = &s, a.Database.PgAdminStatus(r.Context())
		var err error
		if v.Backups, err = a.Database.Backups(); err != nil {
			v.Error = sentence(err.Error())
		}
	}
	if id := r.URL.Query().Get("restore"); id != "" {
		for i := range v.Backups {
			if v.Backups[i].ID == id {
				v.Chosen = &v.Backups[i]
			}
		}
		if v.Chosen == nil {
			a.problem(w, r, c, slot.E(slot.KindNotFound, "", errorf("there is no backup %s", id)))
			return
		}
	}
	a.page(w, r, c, "settings_database.html", "Database", "settings", v)
}

// noProgress is for who waits for the end only.
func noProgress(string) {}

// databaseBackup makes a backup. It goes on when the browser goes away.
func (a *Admin) databaseBackup(w http.ResponseWriter, r *http.Request, c caller) {
	src, err := a.sourceOf(r)
	var b slot.Backup
	if err == nil {
		b, err = a.Database.Backup(detached(r), src, noProgress)
	}
	a.note(r, c, "database backup", "", string(src), err)
	a.done(w, r, c, databasePage, "Backup "+b.ID+" is made.", err)
}

func (a *Admin) sourceOf(r *http.Request) (slot.DatabaseSource, error) {
	if a.Database == nil {
		return "", slot.E(slot.KindUsage, "slot db enable", errorf("there is no database"))
	}
	return slot.ParseDatabaseSource(r.FormValue("source"))
}

// databaseRestore puts a backup in the place of what its database holds.
func (a *Admin) databaseRestore(w http.ResponseWriter, r *http.Request, c caller) {
	id := r.FormValue("backup")
	var done database.Restored
	var err error
	switch {
	case a.Database == nil:
		err = slot.E(slot.KindUsage, "slot db enable", errorf("there is no database"))
	case id == "":
		err = badForm("no backup is named")
	case r.FormValue("confirm") != "yes":
		err = slot.E(slot.KindUsage, "confirm=yes", errorf("a restore replaces what the database holds, and is not confirmed"))
	default:
		done, err = a.Database.Restore(detached(r), database.Restore{Backup: id}, noProgress)
	}
	a.note(r, c, "database restore", "", id, err)
	text := "Database " + string(done.Database) + " is as it was in " + id + "."
	if done.Before != "" {
		text += " What it held is in " + done.Before + "."
	}
	a.done(w, r, c, databasePage, text, err)
}
