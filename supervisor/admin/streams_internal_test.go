package admin

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestStreams_EndWhenTheirKeyExpires(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		k, err := openKeys(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		made, err := k.createToken(slot.AdminTokenRequest{Name: "ci", TTL: slot.Duration(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		session, _, err := k.login(made.Value)
		if err != nil {
			t.Fatal(err)
		}
		a := &Admin{keys: k, end: make(chan struct{}), streams: &streams{open: map[string]int{}}}
		for _, key := range []string{made.Value, session} {
			ctx, done, err := a.begin(t.Context(), caller{who: "ci", key: hashOf(key)})
			if err != nil {
				t.Fatal(err)
			}
			<-ctx.Done()
			if at := time.Now(); !at.Equal(made.ExpiresAt) && key == made.Value || !errors.Is(context.Cause(ctx), errKeyEnded) {
				t.Errorf("it ended at %v by %v, want %v", at, context.Cause(ctx), made.ExpiresAt)
			}
			done()
		}
		if _, ok := k.session(session); ok {
			t.Error("a session opens behind the end of its token")
		}
		if len(a.streams.open) != 0 || a.streams.all != 0 {
			t.Errorf("%d are open", a.streams.all)
		}
	})
}
