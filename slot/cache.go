package slot

import "time"

// Cache is what builds left for the next ones. It can be removed at any time
// that no build uses it: the next build is slower then.
type Cache struct {
	Slot   Name      `json:"slot,omitempty"` // "" for one that all slots share
	Hook   string    `json:"hook"`
	Bytes  int64     `json:"bytes"`
	Limit  int64     `json:"limit"` // bytes; above it the host removes what was not used for longest
	UsedAt time.Time `json:"used_at,omitzero"`
	InUse  bool      `json:"in_use,omitempty"` // by a build, now
}

// The bounds of caches, in bytes. The first is the hooks' contract's; a shared
// one holds the packages of five slots.
const (
	DefaultCacheLimit       = 2 << 30
	DefaultSharedCacheLimit = 4 << 30
)
