package admin

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// flashes are messages for the next page that a session looks at: an action
// without JavaScript ends in a redirect.
type flashes struct {
	mu  sync.Mutex
	all map[string]flash // by hash of the session
}

type flash struct {
	Text, Error, Hint string
	at                time.Time
}

const flashLife = time.Minute

func (f *flashes) put(session string, m flash) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, old := range f.all {
		if time.Since(old.at) > flashLife {
			delete(f.all, key)
		}
	}
	m.at = time.Now()
	f.all[hashOf(session)] = m
}

func (f *flashes) take(session string) *flash {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.all[hashOf(session)]
	delete(f.all, hashOf(session))
	if !ok || time.Since(m.at) > flashLife {
		return nil
	}
	return &m
}

// done answers an action: a script gets JSON, a form goes back to the page it
// came from, which says it. text is what was done, such as "Slot a restarts."
func (a *Admin) done(w http.ResponseWriter, r *http.Request, c caller, back, text string, err error) {
	if wantsJSON(r) {
		if err != nil {
			a.fail(w, err, 0)
			return
		}
		a.answer(w, map[string]string{"message": text})
		return
	}
	m := flash{Text: text}
	if err != nil {
		e := slot.AsError(err)
		m = flash{Error: sentence(e.Error()), Hint: e.Hint}
	}
	if c.session != "" {
		a.flashes.put(c.session, m)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// sentence makes an error's text one for a page.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// badForm is a form that a browser of ours would not send.
func badForm(what string) error { return slot.E(slot.KindUsage, "", errors.New(what)) }
