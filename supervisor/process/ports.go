package process

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Ports gives out the private ports that apps listen on. Safe for concurrent
// use.
type Ports struct {
	first, last int
	mu          sync.Mutex
	taken       map[int]bool
}

// NewPorts gives out the ports first to last.
func NewPorts(first, last int) *Ports {
	return &Ports{first: first, last: last, taken: map[int]bool{}}
}

// Take returns a port that nobody listens on and that was not given out. Where
// it begins to look is random, so that two daemons on one machine rarely meet.
func (p *Ports) Take() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.last - p.first + 1
	start := rand.IntN(n)
	for i := range n {
		port := p.first + (start+i)%n
		if p.taken[port] || !free(port) {
			continue
		}
		p.taken[port] = true
		return port, nil
	}
	return 0, slot.E(slot.KindFailed, "SLOT_PRIVATE_PORTS widens the range",
		fmt.Errorf("every private port from %d to %d is taken", p.first, p.last))
}

// Reserve marks a port as given out, for an adopted process.
func (p *Ports) Reserve(port int) {
	p.mu.Lock()
	p.taken[port] = true
	p.mu.Unlock()
}

// Release gives a port back; 0 and unknown ones are fine.
func (p *Ports) Release(port int) {
	p.mu.Lock()
	delete(p.taken, port)
	p.mu.Unlock()
}

// portTimeout bounds the wait for the port of a run that just ended.
const portTimeout = 5 * time.Second

func free(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return !errors.Is(err, syscall.EADDRINUSE)
	}
	l.Close()
	return true
}

// errCalledOff says that Stop or Detach was called before the start.
var errCalledOff = errors.New("the start was called off")

// waitPort waits until nobody listens on port, ctx ends, or stop or detach is
// closed, which both go before a free port.
func waitPort(ctx context.Context, port int, stop, detach <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return errCalledOff
		case <-detach:
			return errCalledOff
		default:
		}
		if port == 0 || free(port) {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-stop:
		case <-detach:
		case <-ctx.Done():
			return fmt.Errorf("port %d is still taken: %w", port, ctx.Err())
		}
	}
}
