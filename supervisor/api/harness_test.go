package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/deploy"
	"github.com/slot-paas/slot/supervisor/logs"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/proxy"
	"github.com/slot-paas/slot/supervisor/store"
)

// daemon is the control API of real rooms on a real socket.
type daemon struct {
	home   string
	store  *store.Store
	logs   map[slot.Name]*logs.Log
	client *api.Client
	server *http.Server
	ended  chan struct{} // the shutdown was asked for

	environ []string // as it was handed over last
	renewed bool
}

func newDaemon(t *testing.T) *daemon {
	t.Helper()
	// A socket's path has 107 bytes at most: t.TempDir may be longer.
	home, err := os.MkdirTemp("", "slot-api")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	d := &daemon{home: home, logs: map[slot.Name]*logs.Log{}, ended: make(chan struct{})}
	if d.store, err = store.Open(home); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.store.Close() })
	lay := d.store.Layout()
	fronts := map[slot.Name]*proxy.Front{}
	quiet := slog.New(slog.DiscardHandler)
	for i, n := range slot.Names() {
		if d.logs[n], err = logs.Open(lay.Logs(n), logs.Options{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.logs[n].Close() })
		fronts[n] = proxy.NewFront(proxy.FrontOptions{Name: n, Port: 3001 + i, Log: quiet})
	}
	hooks, err := host.New(host.Options{
		Dirs: nil, LockFile: lay.HooksLock(), RunDir: lay.HookSockets(), CacheDir: lay.Cache(), TmpDir: lay.Tmp(), Log: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hooks.Close)
	engine := deploy.New(deploy.Options{
		Store: d.store, Hooks: hooks, Git: git.New(os.Environ()), Ports: process.NewPorts(20000, 29999),
		Fronts: fronts, Logs: d.logs,
		Port:    func(n slot.Name) int { return 3001 + n.Index() },
		URL:     func(slot.Name) string { return "http://127.0.0.1" },
		BaseEnv: os.Environ,
		Machine: func() sandbox.Machine { return sandbox.Machine{} },
		Log:     quiet,
	})
	t.Cleanup(engine.Close)
	d.server = &http.Server{Handler: api.NewServer(api.Options{
		Engine: engine, Store: d.store, Logs: d.logs, Settings: settings.Settings{Home: home}, Version: "1.2.3", Supervisor: d,
		Shutdown: func() { close(d.ended) },
	})}
	d.serve(t, d.server)
	if d.client, err = api.Dial(home); err != nil {
		t.Fatal(err)
	}
	return d
}

// serve answers on the control socket of the state folder.
func (d *daemon) serve(t *testing.T, s *http.Server) {
	t.Helper()
	path := store.Layout{Home: d.home}.Socket()
	_ = os.Remove(path) // of a server before it
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // a late close must not take the next server's
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

// send makes a request by hand, as a program that is not the client would.
func (d *daemon) send(t *testing.T, method, path, authorization string, body io.Reader) (int, slot.Error) {
	t.Helper()
	req, err := http.NewRequest(method, "http://slot"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", store.Layout{Home: d.home}.Socket())
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: 30 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got struct{ Error slot.Error }
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatalf("%s %s answered no JSON: %v", method, path, err)
	}
	return res.StatusCode, got.Error
}

// The daemon is its own supervisor.

func (d *daemon) Keeper() api.Keeper { return api.Keeper{State: api.KeeperRunning, PID: 4711} }

func (d *daemon) Sockets(http.ResponseWriter, *http.Request) error {
	return slot.E(slot.KindRefused, "", errors.New("the keeper is running"))
}

func (d *daemon) SetEnvironment(env []string) ([]string, error) {
	d.environ = env
	return []string{"PATH"}, nil
}

func (d *daemon) Replace(renew bool) (int, error) {
	d.renewed = renew
	return 7, nil
}
