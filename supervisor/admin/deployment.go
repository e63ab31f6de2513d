package admin

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// deploymentView is all of one deployment.
type deploymentView struct {
	slot.Deployment
	Class, Word string
	Bars        []bar
	Env         envDiff
	HasRelease  bool // it can be rolled back to
	Log         string
}

// bar is a step with its share of the whole time, 0 to 100.
type bar struct {
	slot.Step
	From, Width float64
}

// deploymentPage shows one deployment, under way or long ago.
func (a *Admin) deploymentPage(w http.ResponseWriter, r *http.Request, c caller) {
	d, err := a.deployment(r)
	if err != nil {
		a.problem(w, r, c, err)
		return
	}
	v := a.deploymentView(d)
	v.Log = a.deployLog(d)
	a.page(w, r, c, "deployment.html", "Deployment "+strconv.FormatInt(d.ID, 10), string(d.Slot), v)
}

func (a *Admin) deployment(r *http.Request) (slot.Deployment, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return slot.Deployment{}, badForm(strconv.Quote(r.PathValue("id")) + " is not the number of a deployment")
	}
	return a.deploymentNumber(id)
}

// deploymentNumber returns the record, of one under way as it stands now.
func (a *Admin) deploymentNumber(id int64) (slot.Deployment, error) {
	for _, d := range a.Engine.UnderWay() {
		if d.ID == id {
			return d, nil
		}
	}
	d, ok := a.Store.Deployment(id)
	if !ok {
		return d, slot.E(slot.KindNotFound, "", errorf("there is no deployment %d", id))
	}
	return d, nil
}

func (a *Admin) deploymentView(d slot.Deployment) deploymentView {
	v := deploymentView{Deployment: d, Class: string(d.State), Word: sentenceWord(string(d.State))}
	total := int64(0)
	for _, s := range d.Steps {
		if !strings.Contains(string(s.Name), ".") {
			total += s.DurationMS
		}
	}
	at := int64(0)
	for _, s := range d.Steps {
		b := bar{Step: s}
		if total > 0 {
			b.From, b.Width = 100*float64(at)/float64(total), max(100*float64(s.DurationMS)/float64(total), 0.5)
		}
		if !strings.Contains(string(s.Name), ".") {
			at += s.DurationMS
		}
		v.Bars = append(v.Bars, b)
	}
	if rel, err := a.Store.Release(d.Slot, d.Release); err == nil && d.State == slot.DeploymentLive {
		v.HasRelease = a.Engine.Status(d.Slot).Release != d.Release
		if before, err := a.Store.Release(d.Slot, d.Previous); err == nil {
			v.Env = diffEnv(before.Env, rel.Env)
		}
	}
	return v
}

func (a *Admin) deploymentParts(id int64) []fragment {
	d, err := a.deploymentNumber(id)
	if err != nil {
		return nil
	}
	return a.parts(part{"tabs", "tabs", a.tabs()}, part{"deployment", "deployment", a.deploymentView(d)})
}

// shownLog is how much of a log a page without JavaScript shows: its end.
const shownLog = 64 << 10

// deployLog is the end of the deployment's log.
func (a *Admin) deployLog(d slot.Deployment) string {
	f, err := os.Open(a.Store.Layout().DeployLog(d.Slot, d.ID))
	if err != nil {
		return "" // pruned, or it never began
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > shownLog {
		_, _ = f.Seek(-shownLog, io.SeekEnd)
	}
	text, _ := io.ReadAll(io.LimitReader(f, shownLog))
	if len(text) == shownLog {
		if _, rest, ok := bytes.Cut(text, []byte("\n")); ok {
			text = rest
		}
	}
	return string(text)
}

func sentenceWord(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
