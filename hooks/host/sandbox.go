package host

import (
	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/sandbox"
	"github.com/slot-paas/slot/slot"
)

// CacheDirs returns the folders that a release of a slot may have been built
// with: what it runs from may be linked to them.
func (h *Host) CacheDirs(n slot.Name, hook string) []string {
	return []string{h.slotCache(n, hook), h.sharedCache(hook), h.slotCache(n, hook+apart)}
}

// apart marks the store of a slot that shares none with others. Package
// managers trust what lies in theirs, so what one build puts there runs in the
// next: a slot that is not trusted must not write to a store of others.
const apart = ".apart"

// store is where a build of the slot keeps what package managers download.
func (h *Host) store(n slot.Name, hook string) string {
	if h.options.Apart != nil && h.options.Apart(n) {
		return h.slotCache(n, hook+apart)
	}
	return h.sharedCache(hook)
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
