package proxy

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// A request that got the target before a drain was cut finds the folder
// closed. The file is there; "not found" would be a lie.
func TestStatic_DoesNotSayNotFoundWhenItsFolderIsClosed(t *testing.T) {
	app := t.TempDir()
	if err := os.WriteFile(filepath.Join(app, "app.js"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	target, err := NewStaticTarget(1, app, slot.StaticSite{SPA: true}, Info{Slot: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	target.handler.ServeHTTP(w, httptest.NewRequest("GET", "/app.js", nil))
	if w.Code != 503 {
		t.Errorf("%d", w.Code)
	}
}
