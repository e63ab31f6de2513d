package host_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks/host"
	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/slot"
)

// bounded is a host with limits of 1 MiB, and its folder.
func bounded(t *testing.T, odd ...string) (*host.Host, string) {
	t.Helper()
	_, dir := newHost(t, odd...)
	o := options(dir)
	o.CacheLimit, o.SharedCacheLimit = 1<<20, 1<<20
	h, err := host.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h, dir
}

// fill writes a file of so many KiB.
func fill(t *testing.T, file string, kib int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, make([]byte, kib<<10), 0o644); err != nil {
		t.Fatal(err)
	}
}

// keep puts a folder of so many KiB into a cache as used that long ago.
func keep(t *testing.T, cache, key string, kib int, ago time.Duration) {
	t.Helper()
	src := filepath.Join(t.TempDir(), "modules")
	fill(t, src+"/pkg/index.js", kib)
	if _, err := (kept.Cache{Dir: cache, Key: key}).Save(src, nil); err != nil {
		t.Fatal(err)
	}
	when := time.Now().Add(-ago)
	if err := os.Chtimes(filepath.Join(cache, key, "record.json"), when, when); err != nil {
		t.Fatal(err)
	}
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func TestTrimCaches_RemovesWhatWasNotUsedForLongest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		own  int // KiB of the hook's own content
		left string
	}{
		{"a kept folder is enough", 16, "middle new own"},
		{"the hook's own content is too much", 2000, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := bounded(t, "stray")
			cache := filepath.Join(dir, "cache", "slots", "a", "stray")
			keep(t, cache+"/modules", "new", 400, 0)
			keep(t, cache+"/modules", "old", 400, 3*time.Hour)
			keep(t, cache+"/venvs", "middle", 400, 2*time.Hour)
			fill(t, cache+"/own/state", tt.own)
			other := filepath.Join(dir, "cache", "slots", "b", "stray", "big")
			fill(t, other, 2000)
			if err := h.TrimCaches(t.Context()); err != nil || !there(cache+"/modules/old") {
				t.Fatalf("a cache that nobody used was trimmed: %v", err)
			}
			if _, _, err := build(t, h, request(dir, "stray")); err != nil {
				t.Fatal(err)
			}
			if err := h.TrimCaches(t.Context()); err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, e := range []struct{ name, path string }{{"old", "modules/old"}, {"middle", "venvs/middle"}, {"new", "modules/new"}, {"own", "own/state"}} {
				if there(filepath.Join(cache, e.path)) {
					left = append(left, e.name)
				}
			}
			if got := strings.Join(left, " "); got != tt.left {
				t.Errorf("left are %q, want %q", got, tt.left)
			}
			if !there(other) {
				t.Error("another slot's cache is gone")
			}
			if entries, err := os.ReadDir(dir + "/cache/trash"); err != nil || len(entries) > 0 {
				t.Errorf("in the trash are %v, %v", entries, err)
			}
		})
	}
}

func TestTrimCaches_RemovesASharedStoreAsAWhole(t *testing.T) {
	t.Parallel()
	h, dir := bounded(t, "stray")
	store := filepath.Join(dir, "cache", "shared", "stray")
	fill(t, store+"/npm/locked/x", 2000)
	if err := os.Chmod(store+"/npm/locked", 0o500); err != nil {
		t.Fatal(err)
	}
	if _, _, err := build(t, h, request(dir, "stray")); err != nil {
		t.Fatal(err)
	}
	if err := h.TrimCaches(t.Context()); err != nil || there(store) {
		t.Errorf("it is still there: %v", err)
	}
	// The next build finds a new one.
	if _, _, err := build(t, h, request(dir, "stray")); err != nil || !there(store) {
		t.Error(err)
	}
}

func TestCaches_AreNotTouchedWhileABuildUsesThem(t *testing.T) {
	t.Parallel()
	h, dir := bounded(t, "blocks")
	cache := filepath.Join(dir, "cache", "slots", "a", "blocks")
	fill(t, cache+"/big", 2000)
	ctx, cancel := context.WithCancel(t.Context())
	began, ended := make(chan struct{}, 8), make(chan error)
	go func() {
		_, err := h.Build(ctx, request(dir, "blocks"), func(e slot.Event) {
			if e.Line != nil {
				began <- struct{}{}
			}
		})
		ended <- err
	}()
	<-began
	all, err := h.Caches(t.Context())
	if err != nil || len(all) != 2 || !all[0].InUse || all[0].Bytes < 2000<<10 || all[0].Limit != 1<<20 || time.Since(all[0].UsedAt) > time.Minute {
		t.Errorf("got %+v, %v", all, err)
	}
	_, err = h.ClearCaches(t.Context(), []slot.Name{"a"}, false)
	if e := slot.AsError(err); err == nil || !strings.Contains(e.Error(), "a build with hook blocks uses it") || e.Hint == "" {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("the build was not canceled")
	}
	gone, err := h.ClearCaches(t.Context(), []slot.Name{"a"}, false)
	if err != nil || len(gone) != 1 || gone[0].Slot != "a" || there(cache) || !there(dir+"/cache/shared/blocks") {
		t.Errorf("got %+v, %v", gone, err)
	}
}

func TestBuild_RefusesAPlanThatRunsFromACache(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t, "cached")
	_, _, err := build(t, h, request(dir, "cached"))
	if err == nil || !strings.Contains(err.Error(), "from a cache") || slot.AsError(err).Hint == "" {
		t.Errorf("got %v", err)
	}
}
