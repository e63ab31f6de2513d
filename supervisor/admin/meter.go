package admin

import (
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// meterPace is how far two measurements are apart at least: processor time
// comes in ticks of 10 ms.
const meterPace = 2 * time.Second

// meter makes rates of what the engine counts. It measures when a page is
// looked at and not otherwise.
type meter struct {
	measure func() []slot.Usage

	mu    sync.Mutex
	base  map[slot.Name]slot.Usage // the measurement before
	rated map[slot.Name]slot.Usage
	at    time.Time
}

func (m *meter) of(n slot.Name) slot.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.at) < meterPace {
		return m.rated[n]
	}
	rated, base := map[slot.Name]slot.Usage{}, map[slot.Name]slot.Usage{}
	for _, u := range m.measure() {
		base[u.Slot], rated[u.Slot] = u, u.Rates(m.base[u.Slot])
	}
	m.base, m.rated, m.at = base, rated, time.Now()
	return rated[n]
}
