package deploy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func newProbe(t *testing.T, port int) *probe {
	t.Helper()
	p := newLane(newEngine(t), "a").newProbe(slot.Release{}, slot.SlotConfig{}, &proc{port: port})
	p.interval = 5 * time.Millisecond
	return p
}

func TestProbe_JudgesTheStatus(t *testing.T) {
	rest := startProc(t, nil, "sleep", "1000")
	for _, tt := range []struct {
		status int
		own    bool
		good   bool
	}{
		{200, false, true}, {204, false, true}, {302, false, true}, {401, false, true}, {404, false, true}, {500, false, false}, {503, false, false},
		{200, true, true}, {301, true, true}, {399, true, true}, {400, true, false}, {404, true, false}, {500, true, false},
	} {
		t.Run(fmt.Sprintf("%d_own_%v", tt.status, tt.own), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			asked := atomic.Int32{}
			app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) > answersWanted {
					cancel() // it is not content
				}
				if r.URL.Path != "/healthz" || r.Host != "127.0.0.1:3001" || r.UserAgent() != "slot-healthcheck" {
					t.Errorf("asked %s of %s as %s", r.URL.Path, r.Host, r.UserAgent())
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
			}))
			defer app.Close()
			p := newProbe(t, portOf(t, app.URL))
			p.path, p.own = "/healthz", tt.own
			err := p.wait(ctx, rest)
			if (err == nil) != tt.good {
				t.Fatalf("got %v", err)
			}
			if tt.good && asked.Load() != answersWanted {
				t.Errorf("asked %d times", asked.Load())
			}
			if !tt.good && (!strings.Contains(err.Error(), fmt.Sprint(tt.status)) || !strings.Contains(err.Error(), "/healthz")) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestProbe_WantsTwoGoodAnswersInARow(t *testing.T) {
	answers := []int{503, 200, 503, 503, 200, 200, 200}
	asked := atomic.Int32{}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answers[asked.Add(1)-1])
	}))
	defer app.Close()
	p := newProbe(t, portOf(t, app.URL))
	if err := p.wait(t.Context(), startProc(t, nil, "sleep", "1000")); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 6 {
		t.Errorf("asked %d times, want 6", asked.Load())
	}
	if told := p.told(); !strings.HasPrefix(told, "GET / → 200 in ") || !strings.HasSuffix(told, "(2 of 2)") {
		t.Errorf("it tells %q", told)
	}
}

func TestProbe_NoticesThatTheAppExited(t *testing.T) {
	web := startProc(t, nil, "sh", "-c", "exit 3")
	err := newProbe(t, closedPort(t)).wait(t.Context(), web)
	if err == nil || !strings.Contains(err.Error(), "exited before it answered: exit status 3") {
		t.Errorf("got %v", err)
	}
}

func TestProbe_TellsOfAPortWhereNobodyListens(t *testing.T) {
	port := closedPort(t)
	p, web := newProbe(t, port), startProc(t, nil, "sleep", "1000")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 500*time.Millisecond, errNoAnswer)
	defer cancel()
	err := p.wait(ctx, web)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("http://127.0.0.1:%d/", port)) ||
		!strings.Contains(slot.AsError(err).Hint, "PORT") {
		t.Errorf("got %v (%s)", err, slot.AsError(err).Hint)
	}
}

func TestProbe_IsContentWithAPortWhereToldSo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := newProbe(t, portOf(t, l.Addr().String()))
	p.portOnly = true
	if err := p.wait(t.Context(), startProc(t, nil, "sleep", "1000")); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(p.told(), "accepts connections") {
		t.Errorf("it tells %q", p.told())
	}
}

func TestProbe_FindsTheAppOnAnotherPort(t *testing.T) {
	given, taken := closedPort(t), closedPort(t)
	web := startProc(t, []string{childVar + "=" + fmt.Sprint(taken)}, os.Args[0])
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	p := newProbe(t, given)
	if err := p.wait(ctx, web); err != nil {
		t.Fatal(err)
	}
	if !p.moved || p.port != taken {
		t.Errorf("moved %v to %d, want %d", p.moved, p.port, taken)
	}
}

func TestNewProbe_TakesTheSlotsWordsOverThePlans(t *testing.T) {
	no := false
	for _, tt := range []struct {
		name     string
		cfg      slot.HealthCheck
		plan     slot.Health
		path     string
		own      bool
		deadline time.Duration
		portOnly bool
	}{
		{"nothing said", slot.HealthCheck{}, slot.Health{}, "/", false, slot.DefaultCheckTimeout, false},
		{"the plan's", slot.HealthCheck{}, slot.Health{Path: "/up", StartTimeoutS: 90}, "/up", false, 90 * time.Second, false},
		{"the slot's", slot.HealthCheck{Path: "/ok", Timeout: slot.Duration(time.Second)}, slot.Health{Path: "/up", StartTimeoutS: 90}, "/ok", true, time.Second, false},
		{"turned off", slot.HealthCheck{Enabled: &no}, slot.Health{}, "/", false, slot.DefaultCheckTimeout, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rel, cfg := slot.Release{Plan: slot.LaunchPlan{Health: tt.plan}}, slot.SlotConfig{HealthCheck: tt.cfg}
			p := newLane(newEngine(t), "a").newProbe(rel, cfg, &proc{port: 1})
			if p.path != tt.path || p.own != tt.own || p.deadline != tt.deadline || p.portOnly != tt.portOnly {
				t.Errorf("got %+v", p)
			}
		})
	}
}

// closedPort is one where nobody listens.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return portOf(t, l.Addr().String())
}

func TestProbe_LooksOftenWhileNobodyListens(t *testing.T) {
	p := newProbe(t, closedPort(t))
	p.interval = slot.DefaultCheckInterval
	if p.try(t.Context()); p.pause(0) != refusedPause || p.pause(time.Millisecond*160) != time.Millisecond*10 || p.pause(time.Hour) != p.interval {
		t.Errorf("refused: it waits %v, %v and %v", p.pause(0), p.pause(time.Millisecond*160), p.pause(time.Hour))
	}
	p.last = errors.New("it answered 503")
	if p.pause(0) != firstPause || p.pause(time.Millisecond*160) != time.Millisecond*20 || p.pause(time.Hour) != p.interval {
		t.Errorf("no good answer: it waits %v, %v and %v", p.pause(0), p.pause(time.Millisecond*160), p.pause(time.Hour))
	}
}
