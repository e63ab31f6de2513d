package api_test

import (
	"slices"
	"testing"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func TestKeeper_IsToldOfAndAsked(t *testing.T) {
	d := newDaemon(t)
	ctx := t.Context()
	if v, err := d.client.Version(ctx); err != nil || v.Keeper.State != api.KeeperRunning || v.Keeper.PID != 4711 {
		t.Errorf("the keeper is %+v, %v", v.Keeper, err)
	}
	if r, err := d.client.Reload(ctx, api.Reload{Renew: true}); err != nil || r.Handover != 7 || !d.renewed {
		t.Errorf("a reload: %+v, %v", r, err)
	}
	ch, err := d.client.SetEnvironment(ctx, []string{"PATH=/bin"})
	if err != nil || !slices.Equal(ch.Changed, []string{"PATH"}) || !slices.Equal(d.environ, []string{"PATH=/bin"}) {
		t.Errorf("an environment: %+v, %v; it has %q", ch, err, d.environ)
	}
	if _, err := d.client.SetEnvironment(ctx, nil); slot.AsError(err).Kind != slot.KindUsage {
		t.Errorf("an empty environment: %v", err)
	}
	status, e := d.send(t, "POST", api.SocketsPath, "Bearer "+d.store.Token(), nil)
	if status != 403 || e.Kind != slot.KindRefused {
		t.Errorf("the sockets, while there is a keeper: %d %v", status, &e)
	}
	if status, _ := d.send(t, "POST", api.SocketsPath, "", nil); status != 403 {
		t.Errorf("the sockets, without the token: %d", status)
	}
}
