package host

import (
	"context"
	"sync"
)

// cacheUse keeps builds and the removal of caches apart: a cache that a build
// uses is not touched, and a build waits for the moment in which one is moved
// away.
type cacheUse struct {
	mu     sync.Mutex
	builds map[string]int           // that use a folder
	moving map[string]chan struct{} // closed when it is moved
	dirty  map[string]bool          // folders used since they were measured
}

func newCacheUse() *cacheUse {
	return &cacheUse{builds: map[string]int{}, moving: map[string]chan struct{}{}, dirty: map[string]bool{}}
}

// begin marks the folders as used by a build, until end is called.
func (u *cacheUse) begin(ctx context.Context, dirs ...string) (end func(), err error) {
	for {
		wait := u.take(dirs)
		if wait == nil {
			return func() { u.give(dirs) }, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// take marks all folders, or says what to wait for.
func (u *cacheUse) take(dirs []string) (wait chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, dir := range dirs {
		if wait := u.moving[dir]; wait != nil {
			return wait
		}
	}
	for _, dir := range dirs {
		u.builds[dir]++
	}
	return nil
}

func (u *cacheUse) give(dirs []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, dir := range dirs {
		if u.builds[dir]--; u.builds[dir] == 0 {
			delete(u.builds, dir)
		}
		u.dirty[dir] = true
	}
}

// inUse reports whether a build uses the folder.
func (u *cacheUse) inUse(dir string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.builds[dir] > 0
}

// used returns the folders that were used since it was asked last.
func (u *cacheUse) used() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	var dirs []string
	for dir := range u.dirty {
		dirs = append(dirs, dir)
	}
	clear(u.dirty)
	return dirs
}

// again puts off the measuring of a folder.
func (u *cacheUse) again(dir string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dirty[dir] = true
}

// alone runs move while no build uses the folder, and reports false when one
// does. Builds wait for it: move is short.
func (u *cacheUse) alone(dir string, move func() error) (bool, error) {
	u.mu.Lock()
	if u.builds[dir] > 0 || u.moving[dir] != nil {
		u.mu.Unlock()
		return false, nil
	}
	done := make(chan struct{})
	u.moving[dir] = done
	u.mu.Unlock()
	err := move()
	u.mu.Lock()
	delete(u.moving, dir)
	u.mu.Unlock()
	close(done)
	return true, err
}
