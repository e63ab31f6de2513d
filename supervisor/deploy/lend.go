package deploy

import (
	"context"
	"fmt"
	"maps"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/proxy"
)

// Loan says what the address of a slot is lent to: a port where a program of
// the user's listens, or a folder of files.
type Loan struct {
	Port int              `json:"port,omitempty"`
	Dir  string           `json:"dir,omitempty"` // absolute
	Site *slot.StaticSite `json:"site,omitempty"`
}

// Lend leads a slot's visitors to what somebody else runs until ctx ends, and
// back to what the slot itself serves by then. Deployments go on meanwhile.
// started is called when the visitors are led there. One at a time: a second
// one is refused with KindRefused.
func (e *Engine) Lend(ctx context.Context, n slot.Name, loan Loan, started func() error) error {
	l := e.lanes[n]
	target, err := l.loanTarget(loan)
	if err != nil {
		return err
	}
	if !l.borrow(target) {
		_ = target.Drain(ctx) // it never had a request
		return slot.E(slot.KindRefused, "end the other slot dev first", fmt.Errorf("slot %s shows a working tree already", n))
	}
	defer func() {
		l.giveBack()
		cut, cancel := context.WithCancel(context.WithoutCancel(ctx))
		cancel() // what it serves is going away: nothing to wait for
		_ = target.Drain(cut)
	}()
	if err := started(); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func (l *lane) loanTarget(loan Loan) (*proxy.Target, error) {
	if loan.Site != nil {
		return proxy.NewStaticTarget(0, loan.Dir, *loan.Site, l.info())
	}
	if loan.Port < 1 || loan.Port > 65535 {
		return nil, slot.E(slot.KindUsage, "", fmt.Errorf("cannot lend the address: %d is not a port", loan.Port))
	}
	return proxy.NewProcessTarget(0, loan.Port, proxy.ProcessOptions{Info: l.info(), Log: l.e.Log}), nil
}

// DevEnvironment is what an app of the slot would get, with the port given:
// its variables as they are configured, not those of the live release.
func (e *Engine) DevEnvironment(n slot.Name, port int) []string {
	return e.environment(slot.Release{Slot: n, Env: maps.Clone(e.Store.Config().Slots[n].Environment)}, port)
}

// point leads the slot's visitors to t; while the address is lent, from then on
// when it is given back.
func (l *lane) point(t *proxy.Target) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.own = t
	if !l.lent {
		l.e.Fronts[l.name].Switch(t)
	}
}

func (l *lane) borrow(t *proxy.Target) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lent {
		return false
	}
	l.lent, l.own = true, l.e.Fronts[l.name].Switch(t)
	l.e.Fronts[l.name].Resume() // of a slot that sleeps
	return true
}

func (l *lane) giveBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lent = false
	l.e.Fronts[l.name].Switch(l.own)
	if l.current == nil && l.state == slot.StateAsleep {
		l.e.Fronts[l.name].Sleep(l.patience(), l.rouse)
	}
}
