package admin

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/logs"
)

// logsView is the log of one slot as a page without JavaScript shows it.
type logsView struct {
	Slot  slot.Name
	Lines []shownLine
}

type shownLine struct {
	logs.Line
	Level level
}

// pageLines is how many lines such a page shows.
const pageLines = 300

// logsPage shows what the app says.
func (a *Admin) logsPage(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	last, err := a.Logs[n].Tail(pageLines)
	if err != nil {
		a.problem(w, r, c, err)
		return
	}
	v := logsView{Slot: n}
	for _, l := range last {
		v.Lines = append(v.Lines, shownLine{l, levelOf(l)})
	}
	a.page(w, r, c, "logs.html", "Logs of slot "+string(n), string(n), v)
}

// maxLines is how many lines are kept and can be asked for at once.
const maxLines = 100_000

// logsDownload sends the lines that are kept as a file.
func (a *Admin) logsDownload(w http.ResponseWriter, r *http.Request, c caller, n slot.Name) {
	all, err := a.Logs[n].Tail(maxLines)
	if err != nil {
		a.problem(w, r, c, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="slot-%s-%s.log"`, n, time.Now().UTC().Format("20060102-150405")))
	out := bufio.NewWriter(w)
	for _, l := range all {
		fmt.Fprintf(out, "%s %s %s\n", l.Time.UTC().Format("2006-01-02T15:04:05.000Z"), l.Stream, strings.ToValidUTF8(l.Text, "\uFFFD"))
	}
	_ = out.Flush() // the browser went away
}

// deployLogDownload sends the whole log of a deployment.
func (a *Admin) deployLogDownload(w http.ResponseWriter, r *http.Request, c caller) {
	d, err := a.deployment(r)
	if err != nil {
		a.problem(w, r, c, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="deploy-`+strconv.FormatInt(d.ID, 10)+`.log"`)
	http.ServeFile(w, r, a.Store.Layout().DeployLog(d.Slot, d.ID))
}
