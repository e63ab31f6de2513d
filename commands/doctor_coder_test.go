package commands

import (
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/internal/coder"
)

func TestAutostop_SaysHowLongAndHowToPutItOff(t *testing.T) {
	now := time.Now()
	for want, c := range map[string]struct {
		in, most time.Duration
		state    severity
	}{
		"by itself": {0, 0, healthy},
		"in 3h 20m, whether or not its apps have visitors; coder schedule extend ada/ws 4h": {200 * time.Minute, 0, healthy},
		"by 2h 0m at most": {200 * time.Minute, 320 * time.Minute, healthy},
		"in 20m":           {20 * time.Minute, 0, warning},
		"in 0m":            {-time.Minute, 0, warning},
	} {
		ws := coder.Workspace{Owner: "ada", Name: "ws"}
		if c.in != 0 {
			ws.Deadline = now.Add(c.in)
		}
		if c.most != 0 {
			ws.MaxDeadline = now.Add(c.most)
		}
		f := autostop(ws, now)
		if !strings.Contains(f.Text, want) || f.State != c.state || f.State == warning != (f.Remedy != "") {
			t.Errorf("want %q and %s, got %+v", want, c.state, f)
		}
	}
}

func TestFindings_OfPublicAddresses(t *testing.T) {
	open, login := coder.Probe{State: coder.ProbeOpen, Status: 200}, coder.Probe{State: coder.ProbeLogin, Status: 303}
	missing, silent := coder.Probe{State: coder.ProbeMissing, Status: 404}, coder.Probe{State: coder.ProbeSilent}
	for name, c := range map[string]struct {
		f     finding
		state severity
		says  string
	}{
		"an open slot":         {addressFinding("x", open, "u", "public"), healthy, "to everybody"},
		"the owner's slot":     {addressFinding("x", login, "u", "owner"), healthy, "share is owner: yours alone"},
		"nothing known":        {addressFinding("x", login, "u", ""), healthy, "share public in the template"},
		"an unknown slot":      {addressFinding("x", missing, "u", ""), problem, "slot params"},
		"no DNS":               {addressFinding("x", silent, "u", ""), problem, "wildcard host name"},
		"somebody else":        {addressFinding("x", coder.Probe{State: coder.ProbeForeign, Status: 200}, "u", ""), problem, "wildcard host name"},
		"not yet":              {addressFinding("x", coder.Probe{State: coder.ProbeWaiting, Status: 502}, "u", ""), warning, "slot up"},
		"an open admin":        {doorFinding("admin", "u", open), problem, `share = "owner"`},
		"a closed admin":       {doorFinding("admin", "u", login), healthy, "after a login"},
		"an open webhook":      {doorFinding("webhook", "u", open), healthy, "to everybody"},
		"a closed webhook":     {doorFinding("webhook", "u", login), warning, `share = "public"`},
		"no app for a webhook": {doorFinding("webhook", "u", missing), warning, "slug is webhook"},
	} {
		if c.f.State != c.state || !strings.Contains(c.f.Text+c.f.Remedy, c.says) {
			t.Errorf("%s: %+v, want %s and %q", name, c.f, c.state, c.says)
		}
	}
}
