package git

import (
	"context"
	"errors"
	"strings"
)

// damaged reports whether a fetch failed for what an earlier one left behind
// when it was killed: locks that nobody holds, files that are torn or gone.
func damaged(err error) bool {
	var f *failure
	if !errors.As(err, &f) {
		return false
	}
	for _, says := range []string{
		".lock': File exists", "corrupt", "bad object", "unable to read tree", "is empty", "did not send all necessary objects",
		"not a git repository: '.'", "./packed-refs", "in file ./config",
	} {
		if strings.Contains(f.stderr, says) {
			return true
		}
	}
	return false
}

// Unreadable reports whether Export failed because the mirror lacks what it
// should hold; Renew mends that.
func Unreadable(err error) bool {
	var f *failure
	return errors.As(err, &f)
}

// Renew fetches a mirror afresh, in place of the one at dir.
func (g *Git) Renew(ctx context.Context, address, dir, hash string) error {
	err := g.create(ctx, dir)
	if err == nil {
		err = g.bring(ctx, address, dir, hash)
	}
	if err != nil {
		return explain(err, address)
	}
	return nil
}

// Empty removes what is in the folder of dst, "" for dst itself.
func Empty(dst, folder string) error {
	root, err := openFolder(dst, folder)
	if err != nil {
		return err
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := root.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}
