package admin

import (
	"sync"
	"time"
)

const (
	loginBurst = 10              // wrong keys at once
	loginEvery = 6 * time.Second // and then one more
)

// limiter bounds wrong keys. It counts all callers together: behind Coder
// they share one address. A right key passes always, so nobody can lock the
// owner out.
type limiter struct {
	now func() time.Time

	mu    sync.Mutex
	spent float64
	last  time.Time
}

// allow takes one of the tries that are left.
func (l *limiter) allow() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.spent = max(0, l.spent-float64(now.Sub(l.last))/float64(loginEvery))
	l.last = now
	if l.spent+1 > loginBurst {
		return false
	}
	l.spent++
	return true
}
