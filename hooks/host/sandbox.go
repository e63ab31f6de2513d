package host

import (
	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// CacheDirs returns the folders of a hook's caches: of one slot, and of all.
func (h *Host) CacheDirs(n slot.Name, hook string) (own, shared string) {
	return h.slotCache(n, hook), h.sharedCache(hook)
}

// sandbox is what a hook may open that is asked a question: the app to read,
// besides what launch gives every hook. nil for no sandbox.
func (h *Host) sandbox(app App) *sandbox.Policy {
	if h.options.Sandbox == nil {
		return nil
	}
	p := h.options.Sandbox(app.Slot).Clone()
	if p != nil && app.SourceDir != "" {
		p.Read = append(p.Read, app.SourceDir)
	}
	return p
}

// buildSandbox is what a hook and its commands may open in a build: what the
// contract lets them write to.
func (h *Host) buildSandbox(request hooks.BuildRequest) *sandbox.Policy {
	p := h.sandbox(request.App)
	if p != nil {
		p.Write = append(p.Write, request.App.SourceDir, request.OutputDir, request.CacheDir, request.SharedCacheDir)
	}
	return p
}
