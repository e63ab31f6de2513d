package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// lfsSilence is how long git-lfs may go without a byte. It asks again without
// end when a login is refused (git-lfs issue 2833), and a host that says
// nothing for a minute is not going to.
const lfsSilence = time.Minute

var errSilent = errors.New("nothing came")

// fetchLFS brings the objects of a commit into the mirror. What the host does
// not have is not an error here.
func (g *Git) fetchLFS(ctx context.Context, address, mirror, hash string) error {
	if filepath.IsAbs(address) {
		address = "file://" + address
	}
	var args []string
	// git-lfs reads .lfsconfig of the mirror's HEAD, which may be another commit's.
	if url, err := g.mirror(ctx, mirror, "", "config", "--blob", hash+":.lfsconfig", "--no-includes", "--get", "lfs.url"); err == nil {
		if url, err = submoduleAddress(address, strings.TrimSpace(url)); err != nil {
			return slot.E(slot.AsError(err).Kind, "mend lfs.url in .lfsconfig", fmt.Errorf("cannot fetch from Git LFS: %w", err))
		}
		args = append(args, "-c", "lfs.url="+url)
	}
	watched, stop := g.whileItGrows(ctx, filepath.Join(mirror, "lfs"))
	defer stop()
	_, err := g.mirror(watched, mirror, address, append(args, "lfs", "fetch", "origin", hash)...)
	var f *failure
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(context.Cause(watched), errSilent):
		return slot.E(slot.KindFailed, loginHint, fmt.Errorf("cannot fetch from Git LFS of %s: nothing came for %v; the login may be refused",
			slot.RedactAddress(address), g.lfsSilence))
	case errors.As(err, &f) && (strings.Contains(f.stderr, "remote missing object") || strings.Contains(f.stderr, "Object does not exist")):
		return nil // what came is there, and the caller names what did not
	case err != nil:
		err = explain(err, address)
		return slot.E(slot.KindFailed, slot.AsError(err).Hint, fmt.Errorf("cannot fetch from Git LFS: %w", err))
	}
	return nil
}

// whileItGrows gives a context that ends when nothing is added below dir for
// too long. Call stop.
func (g *Git) whileItGrows(ctx context.Context, dir string) (_ context.Context, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(g.lfsSilence / 4)
		defer tick.Stop()
		last, since := int64(-1), time.Now()
		for {
			select {
			case <-watched.Done():
				return
			case <-tick.C:
			}
			if n := bytesBelow(dir); n != last {
				last, since = n, time.Now()
			} else if time.Since(since) >= g.lfsSilence {
				cancel(errSilent)
				return
			}
		}
	})
	return watched, func() {
		cancel(nil)
		wg.Wait()
	}
}

// bytesBelow sums up the files below dir, as far as they can be seen.
func bytesBelow(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}
