package host_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
)

func TestTrust_ExplainsAHookThatDoesNotStart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ hook, want string }{
		{"prints", `printed to its standard output before starting: "hello from the hook"`},
		{"exits", "ended before starting: exit status 3; it said: no licence found"},
		{"future", "speaks another version of the contract"},
		{"misnamed", `it calls itself "other"`},
		{"hangs", "did not start within 10s"},
	} {
		t.Run(tt.hook, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t)
			install(t, dir, tt.hook)
			_, err := h.Trust(t.Context(), tt.hook, "")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if slot.AsError(err).Hint == "" {
				t.Error("the error has no hint")
			}
		})
	}
}

func TestTrust_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	h, dir := newHost(t)
	install(t, dir, "hangs")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := h.Trust(ctx, "hangs", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestTrust_RefusesWhatChangedOrIsNotSafe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		spoil      func(path string) error
	}{
		{"changed", "changed since it was trusted", func(p string) error { return os.WriteFile(p, []byte("#!/bin/sh\nexit 0\n"), 0o755) }},
		{"writable", "others may write to the file", func(p string) error { return os.Chmod(p, 0o777) }},
		{"not executable", "not executable", func(p string) error { return os.Chmod(p, 0o644) }},
		{"folder", "others may write to the folder", func(p string) error { return os.Chmod(p[:strings.LastIndex(p, "/")], 0o777) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, dir := newHost(t, "fine")
			if err := tt.spoil(dir + "/hooks/slot-hook-fine"); err != nil {
				t.Fatal(err)
			}
			_, err := h.Describe(t.Context(), "fine")
			if slot.AsError(err) == nil || slot.AsError(err).Kind != slot.KindRefused || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTrust_IsTakenBackByUntrust(t *testing.T) {
	t.Parallel()
	h, _ := newHost(t, "fine")
	if d, err := h.Describe(t.Context(), "fine"); err != nil || d.Version != "1.2.3" {
		t.Fatalf("got %+v, %v", d, err)
	}
	if err := h.Untrust("fine"); err != nil {
		t.Fatal(err)
	}
	_, err := h.Describe(t.Context(), "fine")
	if slot.AsError(err).Kind != slot.KindRefused || slot.AsError(err).Hint != "if you know it: slot hooks trust fine" {
		t.Errorf("got %+v", slot.AsError(err))
	}
	if err := h.Untrust("fine"); slot.AsError(err).Kind != slot.KindNotFound {
		t.Errorf("a second time: %v", err)
	}
}

func TestTrust_ABuiltInBuiltAsAProgramTakesItsPlace(t *testing.T) {
	t.Parallel()
	need(t, "go")
	h, dir := newHost(t)
	path := filepath.Join(dir, "hooks", "slot-hook-static")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/slot-hook-static").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := h.Trust(t.Context(), "static", "")
	if err != nil || !info.Overrides || !info.Active {
		t.Fatalf("got %+v, %v", info, err)
	}
	write(t, dir, map[string]string{"index.html": "x"})
	got, err := h.Detect(t.Context(), request(dir, "").App, "")
	if err != nil || len(got) != 1 || got[0].Hook != "static" {
		t.Errorf("got %+v, %v", got, err)
	}
}
