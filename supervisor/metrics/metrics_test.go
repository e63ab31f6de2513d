package metrics_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/metrics"
)

func scrape(t *testing.T, s metrics.Snapshot) string {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.Handler(func() metrics.Snapshot { return s }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	return w.Body.String()
}

func TestHandler_TellsOfEverySlot(t *testing.T) {
	text := scrape(t, metrics.Snapshot{
		Version: "1.2 \"x\"\\\n",
		Status: []slot.Status{
			{Slot: "a", State: slot.StateLive, Release: 7, Restarts: 2, MemoryKiB: 3},
			{Slot: "b", State: slot.StateCrashed, Deploying: &slot.Deployment{}},
		},
		Traffic: []slot.Traffic{{
			Slot: "a", Status: slot.StatusClasses{Success: 5, ServerError: 1}, InFlight: 2, Upgraded: 1, BytesIn: 10, BytesOut: 1 << 40,
			Latency: slot.Latency{Seconds: []float64{0.001, 0.5}, Counts: []int64{3, 2, 1}, Sum: 1.25},
		}},
	})
	for _, want := range []string{
		`slot_info{version="1.2 \"x\"\\\n"} 1`,
		`slot_state{slot="a",state="live"} 1`,
		`slot_up{slot="a"} 1`,
		`slot_up{slot="b"} 0`,
		`slot_release{slot="a"} 7`,
		`slot_restarts{slot="a"} 2`,
		`slot_memory_bytes{slot="a"} 3072`,
		`slot_deploying{slot="b"} 1`,
		`slot_requests_total{slot="a",status="2xx"} 5`,
		`slot_requests_total{slot="a",status="5xx"} 1`,
		`slot_requests_in_flight{slot="a"} 2`,
		`slot_connections_upgraded{slot="a"} 1`,
		`slot_received_bytes_total{slot="a"} 10`,
		`slot_sent_bytes_total{slot="a"} 1.099511627776e+12`,
		`slot_request_duration_seconds_bucket{slot="a",le="0.001"} 3`,
		`slot_request_duration_seconds_bucket{slot="a",le="0.5"} 5`,
		`slot_request_duration_seconds_bucket{slot="a",le="+Inf"} 6`,
		`slot_request_duration_seconds_sum{slot="a"} 1.25`,
		`slot_request_duration_seconds_count{slot="a"} 6`,
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("no line %s in\n%s", want, text)
		}
	}
}

// Each family is described once, before its samples, and every line has the
// form that Prometheus reads.
func TestHandler_KeepsTheFormat(t *testing.T) {
	text := scrape(t, metrics.Snapshot{Status: []slot.Status{{Slot: "a"}}, Traffic: []slot.Traffic{{Slot: "a"}}})
	described := map[string]bool{}
	line := regexp.MustCompile(`^([a-z_]+?)(_bucket|_sum|_count)?(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$`)
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if words := strings.Fields(l); words[0] == "#" {
			if words[1] == "TYPE" && described[words[2]] {
				t.Errorf("%s is described twice", words[2])
			}
			described[words[2]] = words[1] == "TYPE"
			continue
		}
		if m := line.FindStringSubmatch(l); m == nil || !described[m[1]] {
			t.Errorf("bad line %q", l)
		}
	}
}

func TestHandler_WritesWhatTheDocumentNames(t *testing.T) {
	doc, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(scrape(t, metrics.Snapshot{}), -1) {
		if !strings.Contains(string(doc), "`"+m[1]+"`") {
			t.Errorf("docs/metrics.md does not name `%s`", m[1])
		}
	}
}
