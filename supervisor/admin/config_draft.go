package admin

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// drafts keep what was typed and not saved yet, a file for each slot. Secret
// values do not stand in them.
type drafts struct {
	dir string
	mu  sync.Mutex
}

type draft struct {
	At   time.Time  `json:"at"`
	Form url.Values `json:"form"`
}

func (d *drafts) path(n slot.Name) string { return filepath.Join(d.dir, "draft-"+string(n)+".json") }

func (d *drafts) get(n slot.Name) (url.Values, time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	data, err := os.ReadFile(d.path(n))
	var held draft
	if err != nil || json.Unmarshal(data, &held) != nil {
		return nil, time.Time{} // there is none, or none that is whole
	}
	return held.Form, held.At
}

func (d *drafts) put(n slot.Name, form url.Values) error {
	names := form["env_name"]
	for i, value := range form["env_value"] {
		if i < len(names) && slot.SecretVariable(names[i], value) {
			form["env_value"][i] = ""
		}
	}
	if form.Has("repository") {
		form.Set("repository", slot.RedactAddress(form.Get("repository")))
	}
	form.Del(notifyURL)
	form.Del("env_paste") // nobody knows what is secret in it
	data, err := json.Marshal(draft{time.Now().UTC(), form})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return store.WriteFile(d.path(n), data)
}

func (d *drafts) drop(n slot.Name) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := os.Remove(d.path(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// configDraft keeps what was typed.
func (a *Admin) configDraft(w http.ResponseWriter, r *http.Request, _ caller, n slot.Name) {
	form, err := formOf(r)
	if err == nil {
		err = a.drafts.put(n, form)
	}
	if err != nil {
		a.fail(w, err, 0)
		return
	}
	a.answer(w, map[string]string{"message": "Draft kept."})
}

// configDiscard forgets it.
func (a *Admin) configDiscard(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	a.done(w, r, c, "/config/"+string(n), "The draft is gone.", a.drafts.drop(n))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func noFolder(path string) *slot.Error {
	if isFolder(path) {
		return nil
	}
	return slot.AsError(slot.E(slot.KindUsage, "", errorf("there is no folder %s", path)))
}
