package deploy

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
)

func TestAlarm_BeginsAndEndsOnceForEachTime(t *testing.T) {
	var a alarm
	var got []change
	for _, value := range []float64{85, 70, 85, 85, 99, 75, 79, 60, 75, 60, 60, 85, 85} {
		var ch change
		a, ch = a.next(value, 80)
		got = append(got, ch)
	}
	// Once above is nothing, twice is an alert; 75 and 79 are not well below.
	want := []change{0, 0, 0, raised, 0, 0, 0, 0, 0, 0, cleared, 0, raised}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReplacing_KeepsApart(t *testing.T) {
	var r replacing
	now := time.Unix(1000, 0)
	for _, row := range []struct {
		after time.Duration
		due   bool
	}{
		{0, true}, {59 * time.Second, false}, {time.Second, true}, // a minute after the first
		{time.Minute, false}, {time.Minute, true}, // two after the second
		{3 * time.Minute, false}, {time.Minute, true}, {8 * time.Minute, true}, {10 * time.Minute, true}, {10 * time.Minute, true},
		{21 * time.Minute, true}, {time.Minute, true}, // it was well for long: from the start
	} {
		now = now.Add(row.after)
		if got := r.due(now); got != row.due {
			t.Errorf("%v later, after %d: %t", row.after, r.times, got)
		}
	}
}

func TestOverLimits_SaysHowMuchOfWhat(t *testing.T) {
	w := watched{memory: 100 << 20, processes: 20}
	for _, row := range []struct {
		takes   process.Usage
		trigger string
		share   float64
		text    string
	}{
		{process.Usage{MemoryKiB: 90 << 10, Threads: 10}, triggerProcesses, 0.5, ""},
		{process.Usage{MemoryKiB: 150 << 10, Threads: 50}, triggerMemory, 1.5, "uses 150M of memory, memory_limit is 100M"},
		{process.Usage{MemoryKiB: 10 << 10, Threads: 50}, triggerProcesses, 2.5, "has 50 processes and threads, the limit is 20"},
	} {
		got := overLimits(row.takes, w)
		if got.trigger != row.trigger || got.share != row.share || row.text != "" && got.text != row.text {
			t.Errorf("%+v: %+v", row.takes, got)
		}
	}
	if got := overLimits(process.Usage{MemoryKiB: 1 << 40, Threads: 1 << 20}, watched{}); got.share != 0 {
		t.Errorf("without limits: %+v", got)
	}
}

func TestLiveness_GivesTimeToStartAndNoneToHang(t *testing.T) {
	now := time.Unix(1000, 0)
	v := liveness{}
	v.begin(slot.Identity{PID: 1}, now)
	for i, row := range []struct {
		ok    bool
		after time.Duration
		hung  bool
	}{
		{false, 0, false}, {false, 9 * time.Second, false}, {true, time.Second, false}, // it starts
		{false, time.Second, false}, {true, time.Second, false}, {false, time.Second, false}, {false, time.Second, false}, {false, time.Second, true},
	} {
		now = now.Add(row.after)
		if got := v.heard(row.ok, now, 10*time.Second, 3); got != row.hung {
			t.Errorf("look %d: %t", i, got)
		}
	}
	v.begin(slot.Identity{PID: 1}, now)
	if v.failures != 3 {
		t.Error("the same run was forgotten")
	}
	v.begin(slot.Identity{PID: 2}, now)
	if v.failures != 0 || v.answered || v.heard(false, now, 0, 1) != true {
		t.Errorf("a run without grace: %+v", v)
	}
}

func TestLooks_AreOfWhatIsAskedFor(t *testing.T) {
	now := slot.Usage{MemoryKiB: 90 << 10, LimitKiB: 100 << 10, CPUPercent: 40, CPULimit: 0.5, ErrorRate: 25}
	all := slot.Alerts{Memory: 80, CPU: 70, ErrorRate: 20}
	got := looks(watched{alerts: all}, now, 100)
	want := []look{{"memory", 90, 80, ""}, {"cpu", 80, 70, ""}, {"error_rate", 25, 20, ""}}
	for i := range got {
		got[i].text = ""
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := looks(watched{alerts: slot.Alerts{ErrorRate: 20}}, now, fewRequests-1); len(got) != 0 {
		t.Errorf("few requests tell %+v", got)
	}
	now.LimitKiB, now.CPULimit = 0, 0
	if got := looks(watched{alerts: all}, now, 100); len(got) != 3 || got[0].value >= 90 || !strings.Contains(got[1].text, "of the machine") {
		t.Errorf("of the machine: %+v", got)
	}
}

// heardOf is a notifier that is safe for concurrent use.
type heardOf struct {
	mu     sync.Mutex
	events []slot.NoticeEvent
	texts  []string
}

func (h *heardOf) Send(_ string, n slot.Notice, _ func(error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events, h.texts = append(h.events, n.Event), append(h.texts, n.Error.Error())
}

func (h *heardOf) has(ev slot.NoticeEvent, text string) func() bool {
	return func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		for i := range h.events {
			if h.events[i] == ev && strings.Contains(h.texts[i], text) {
				return true
			}
		}
		return false
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestWatch_AlertsBeginAndEndWithTheErrors(t *testing.T) {
	e, h := newEngine(t), &heardOf{}
	e.Notify, e.Hurry = h, 100 // a look every 50 ms
	err := e.Store.UpdateConfig(func(c *slot.Config) error {
		c.Slots["a"] = slot.SlotConfig{Monitoring: slot.MonitoringConfig{NotifyURL: "https://chat.example.com/x", Alerts: slot.Alerts{ErrorRate: 50}}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l := e.lanes["a"]
	site := t.TempDir()
	target, err := proxy.NewStaticTarget(1, filepath.Clean(site), slot.StaticSite{Root: "."}, l.info())
	if err != nil {
		t.Fatal(err)
	}
	l.serve(&unit{release: slot.Release{ID: 1, Slot: "a"}, target: target}, time.Now())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	visits := func(target *proxy.Target) { // twenty between two looks
		l.point(target)
		for ctx.Err() == nil {
			l.e.Fronts["a"].ServeHTTP(&discard{}, newRequest(ctx))
			select {
			case <-time.After(2 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}
	bad := proxy.NewPageTarget(proxy.PageUnreachable, l.info())
	go visits(bad)
	eventually(t, "an alert", h.has(slot.NoticeAlert, "requests failed, above 50%"))
	if got := l.status().Alerts; len(got) != 1 || got[0].Name != "error_rate" {
		t.Errorf("the status has %+v", got)
	}
	if got := l.usage().Alerts; len(got) != 1 {
		t.Errorf("the usage has %+v", got)
	}
	l.point(proxy.NewPageTarget(proxy.PageEmpty, l.info())) // 200
	eventually(t, "its end", h.has(slot.NoticeRecovered, "error_rate is below 50% again"))
	if got := l.status().Alerts; len(got) != 0 {
		t.Errorf("the status still has %+v", got)
	}
}

// discard is a client that reads nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header {
	if d.header == nil {
		d.header = http.Header{}
	}
	return d.header
}
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func newRequest(ctx context.Context) *http.Request {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/", nil)
	if err != nil {
		panic(errors.Join(errors.New("a request of a test"), err))
	}
	return r
}
