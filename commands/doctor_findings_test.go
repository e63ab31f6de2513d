package commands

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func TestFindings_OfWhatIsAsked(t *testing.T) {
	now := time.Now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	tools := []hooks.Tool{{Name: "javac", InstallHint: "a JDK"}, {Name: "mvn", InstallHint: "Maven"}, {Name: "gradle", InstallHint: "Maven"}}
	having := func(names ...string) finding {
		return toolsFinding("java", []slot.Name{"a", "b"}, tools, func(tool string) string {
			for _, n := range names {
				if n == tool {
					return "/usr/bin/" + n
				}
			}
			return ""
		})
	}
	running := func(change func(*slot.DatabaseStatus)) []finding {
		st := slot.DatabaseStatus{
			State: slot.DatabaseRunning, Version: "15.14", Major: 15, Newest: 15, Since: ago(time.Hour),
			Databases: []slot.DatabaseInfo{{Source: "a", Bytes: 8 << 20, Backup: &slot.Backup{TakenAt: ago(3 * time.Hour)}}, {Source: "b"}},
		}
		change(&st)
		return databaseFindings(st, now)
	}
	same := func(*slot.DatabaseStatus) {}
	came := []slot.Delivery{{Source: "catch-up", Event: "push", Time: now}, {Source: "github", Event: "push", Time: ago(time.Hour)}}
	outside := settings.Settings{WebhookPort: 9001}
	refused := api.WebhookInfo{Refused: []slot.Refusal{{Status: 413, Reason: "too large"}, {Status: 401, Reason: "the signature is wrong", Count: 3, Last: ago(time.Minute)}}}
	for name, c := range map[string]struct {
		f     finding
		state severity
		says  string
	}{
		"all tools":            {having("javac", "mvn", "gradle"), healthy, "for slot a, b: /usr/bin/javac, /usr/bin/mvn"},
		"without one of them":  {having("javac", "gradle"), warning, "not on the PATH, for slot a, b: mvn; not every app needs it"},
		"without the language": {having("mvn"), problem, "javac, gradle"},
		"where to get them":    {having(), problem, "a JDK; Maven"},

		"the same time":    {clockFinding("h", 2*time.Second), healthy, "agrees with h"},
		"a minute behind":  {clockFinding("h", time.Minute), warning, "1m0s behind h"},
		"a minute ahead":   {clockFinding("h", -time.Minute), warning, "1m0s ahead of h"},
		"an hour off":      {clockFinding("h", time.Hour), problem, "may be refused"},
		"how to mend that": {clockFinding("h", time.Hour), problem, "set-ntp"},

		"no database":        {databaseFindings(slot.DatabaseStatus{State: slot.DatabaseOff}, now)[0], healthy, "slot db enable"},
		"it starts":          {databaseFindings(slot.DatabaseStatus{State: slot.DatabaseStarting}, now)[0], healthy, "starts"},
		"it failed":          {databaseFindings(slot.DatabaseStatus{State: slot.DatabaseFailed, Error: "port 5432 is taken"}, now)[0], problem, "port 5432 is takenslot db logs"},
		"it failed, hint":    {databaseFindings(slot.DatabaseStatus{State: slot.DatabaseFailed, Hint: "SLOT_POSTGRES_PORT"}, now)[0], problem, "SLOT_POSTGRES_PORT"},
		"it runs":            {running(same)[0], healthy, "PostgreSQL 15.14"},
		"a newer one":        {running(func(s *slot.DatabaseStatus) { s.Newest = 17 })[0], warning, "17 is installed"},
		"a backup":           {running(same)[1], healthy, "3h ago"},
		"an old backup":      {running(func(s *slot.DatabaseStatus) { s.Databases[0].Backup.TakenAt = ago(40 * time.Hour) })[1], warning, "within 36 hours of: a"},
		"never a backup":     {running(func(s *slot.DatabaseStatus) { s.Since = ago(48 * time.Hour) })[1], warning, "of: b"},
		"none is due":        {running(func(s *slot.DatabaseStatus) { s.Databases[0].Backup = nil })[1], healthy, "none is due yet"},
		"what to do for one": {running(func(s *slot.DatabaseStatus) { s.Since = ago(48 * time.Hour) })[1], warning, "slot db backup b"},

		"nothing came":         {webhookFindings(api.WebhookInfo{}, nil, outside, now)[0], healthy, "leads to port 9001"},
		"something came":       {webhookFindings(api.WebhookInfo{}, came, outside, now)[0], healthy, "a push of github came 1h ago"},
		"only slot itself":     {webhookFindings(api.WebhookInfo{}, came[:1], outside, now)[0], healthy, "nothing has come"},
		"with a wrong secret":  {webhookFindings(refused, came, outside, now)[1], warning, "3 calls were refused, the last one 1m ago: the signature is wrong"},
		"how to mend a secret": {webhookFindings(refused, came, outside, now)[1], warning, "slot webhook setup"},
	} {
		if c.f.State != c.state || !strings.Contains(c.f.Text+c.f.Remedy, c.says) || (c.state == healthy) != (c.f.Remedy == "") {
			t.Errorf("%s: %+v, want %s and %q", name, c.f, c.state, c.says)
		}
	}
}

func TestSkew_IsThatOfTheServerAndOfNoCache(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		want   time.Duration
		ok     bool
	}{
		"now":      {http.Header{}, 0, true},
		"an hour":  {http.Header{"Date": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}, time.Hour, true},
		"a cache":  {http.Header{"Age": {"7"}}, 0, false},
		"no words": {http.Header{"Date": {"soon"}}, 0, false},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for k, v := range c.header {
				w.Header()[k] = v
			}
		}))
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := skewTo(t.Context(), u)
		if ok != c.ok || (got-c.want).Abs() > time.Minute { // a loaded machine takes its time
			t.Errorf("%s: %v, %v, want %v, %v", name, got, ok, c.want, c.ok)
		}
		s.Close()
		if _, ok := skewTo(t.Context(), u); ok {
			t.Errorf("%s: a server that is gone tells the time", name)
		}
	}
}
