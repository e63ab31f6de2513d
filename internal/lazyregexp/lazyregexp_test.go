package lazyregexp_test

import (
	"sync"
	"testing"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

func TestNew_FindsMistakesInEveryTest(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an expression that cannot be compiled was taken")
		}
	}()
	lazyregexp.New(`(`)
}

func TestRegexp_IsCompiledOnceForAll(t *testing.T) {
	r := lazyregexp.New(`^slot (\w)$`)
	compiled := r.Regexp()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if m := r.FindStringSubmatch("slot a"); len(m) != 2 || m[1] != "a" {
				t.Errorf("found %q", m)
			}
			if r.MatchString("slot") || r.Regexp() != compiled {
				t.Error("not the expression that was given")
			}
		})
	}
	wg.Wait()
}
