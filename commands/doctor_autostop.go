package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/slot-paas/slot/internal/coder"
	"github.com/slot-paas/slot/slot"
)

// askedCoder is what the server said of the workspace; zero without an answer.
type askedCoder struct{ ws coder.Workspace }

func (a askedCoder) share(slug string) string {
	for _, app := range a.ws.Apps {
		if app.Slug == slug {
			return app.Share
		}
	}
	return ""
}

// askCoder asks for the workspace, where there is a program and a token for
// it, and tells when Coder stops it.
func (w *World) askCoder(ctx context.Context) (askedCoder, []finding) {
	if w.Coder == nil {
		return askedCoder{}, []finding{newFinding("coder", warning, "slot-coder is not there: nothing is known of Coder's server", "copy it beside slot")}
	}
	access, err := coder.FindAccess(coder.Flags{}, w.Getenv)
	var c Coder
	if err == nil {
		c, err = w.Coder(access.Server, access.Token)
	}
	var ws coder.Workspace
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		ws, err = c.Workspace(ctx, access.Owner, access.Workspace)
	}
	if err != nil {
		e := slot.AsError(err)
		return askedCoder{}, []finding{newFinding("coder", warning, e.Error(), e.Hint)}
	}
	return askedCoder{ws}, []finding{autostop(ws, time.Now())}
}

// stopsSoon is when a person should hear of it who looks for problems.
const stopsSoon = time.Hour

// autostop says when Coder stops the workspace. Visitors of its apps do not
// put that off; connections of editors and terminals do.
func autostop(ws coder.Workspace, now time.Time) finding {
	f := finding{Check: "autostop", State: healthy, Text: "Coder does not stop the workspace by itself"}
	if ws.Deadline.IsZero() {
		return f
	}
	left := ws.Deadline.Sub(now).Round(time.Minute)
	f.Text = fmt.Sprintf("Coder stops the workspace in %s, whether or not its apps have visitors; coder schedule extend %s 4h puts it off",
		hours(left), ws.FullName())
	if !ws.MaxDeadline.IsZero() {
		f.Text += fmt.Sprintf(", by %s at most", hours(ws.MaxDeadline.Sub(ws.Deadline).Round(time.Minute)))
	}
	if left < stopsSoon {
		f.State, f.Remedy = warning, fmt.Sprintf("coder schedule extend %s 4h", ws.FullName())
	}
	return f
}

// hours is a duration such as "3h 20m".
func hours(d time.Duration) string {
	d = max(d, 0)
	if d < time.Hour {
		return fmt.Sprintf("%dm", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
}
