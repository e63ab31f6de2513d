package admin

import (
	"fmt"
	"net/http"
	"net/url"
)

// backTo is the page that a form stands on: it names it, as the browser was
// told to send no Referer.
func backTo(r *http.Request, or string) string {
	if back := r.FormValue("back"); back != "" {
		u, err := url.Parse(back)
		if err == nil {
			return inside(u.RequestURI())
		}
	}
	return or
}

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }
