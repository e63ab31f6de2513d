package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/slot-paas/slot/supervisor/store"
)

func TestTraffic_IsToldOfEverySlot(t *testing.T) {
	d := newDaemon(t)
	all, err := d.client.Traffic(t.Context())
	if err != nil || len(all) != 5 || all[4].Slot != "e" || all[0].Since.IsZero() || len(all[0].Recent.Requests) == 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestMetrics_AreTextBehindTheToken(t *testing.T) {
	d := newDaemon(t)
	if status, _ := d.send(t, http.MethodGet, "/metrics", "", nil); status != http.StatusForbidden {
		t.Errorf("without the token: %d", status)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", store.Layout{Home: d.home}.Socket())
	}}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://slot/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.store.Token())
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	for _, want := range []string{`slot_info{version="1.2.3"} 1`, `slot_state{slot="e",state="empty"} 1`, `slot_requests_total{slot="a",status="5xx"} 0`} {
		if err != nil || !strings.Contains(string(body), want+"\n") {
			t.Errorf("no %s in %q, %v", want, body, err)
		}
	}
}
