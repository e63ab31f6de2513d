package process

import "sync"

// gate is a request that is made once: opened is closed at the first call of
// open, further calls are fine.
type gate struct {
	opened chan struct{}
	open   func()
}

func newGate() gate {
	c := make(chan struct{})
	return gate{opened: c, open: sync.OnceFunc(func() { close(c) })}
}
