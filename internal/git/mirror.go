package git

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// Commit is one commit of a repository.
type Commit struct {
	Hash    string // 40 or 64 hex digits
	Subject string
	Author  string
	Branch  string // the branch or tag that led to it; "" for a bare commit
}

var (
	hexCommit = lazyregexp.New(`^[0-9a-f]{7,64}$`)
	wholeHash = lazyregexp.New(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
)

// Fetch brings the bare mirror at dir up to date with address as far as ref
// needs, creates it when missing, and returns the commit that ref names. An
// empty ref is the remote's HEAD. One round trip when nothing is new.
func (g *Git) Fetch(ctx context.Context, address, dir, ref string) (Commit, error) {
	if !exists(dir) {
		if err := g.create(ctx, dir); err != nil {
			return Commit{}, err
		}
	}
	refs, head, err := g.remote(ctx, address, dir, ref)
	if damaged(err) {
		if err = g.create(ctx, dir); err == nil {
			refs, head, err = g.remote(ctx, address, dir, ref)
		}
	}
	if err != nil {
		return Commit{}, explain(err, address)
	}
	hash, branch, err := pick(refs, head, ref, address)
	if err != nil {
		return Commit{}, err
	}
	if !g.has(ctx, dir, hash) {
		if err := g.bring(ctx, address, dir, hash); err != nil {
			return Commit{}, explain(err, address)
		}
	}
	c, err := g.commit(ctx, dir, hash, bare)
	if err != nil {
		if ctx.Err() != nil {
			return Commit{}, ctx.Err()
		}
		return Commit{}, noRef(ref, refs, address)
	}
	c.Branch = branch
	return c, nil
}

// create makes an empty mirror in place of what is at dir. It appears there as
// a whole, so that a kill leaves none that is half made.
func (g *Git) create(ctx context.Context, dir string) error {
	fresh := dir + ".new"
	for _, old := range []string{fresh, dir} {
		if err := os.RemoveAll(old); err != nil {
			return fmt.Errorf("cannot replace the mirror: %w", err)
		}
	}
	if _, err := g.run(ctx, "/", "", "init", "--quiet", "--bare", fresh); err != nil {
		return fmt.Errorf("cannot create the mirror %s: %w", dir, err)
	}
	return os.Rename(fresh, dir)
}

// has reports whether the mirror holds the commit.
func (g *Git) has(ctx context.Context, dir, hash string) bool {
	_, err := g.mirror(ctx, dir, "", "cat-file", "-e", hash+"^{commit}")
	return err == nil
}

// bring fetches all branches and tags and, where hash is on none of them (a
// pull request's, say), that commit by itself. A damaged mirror is replaced.
func (g *Git) bring(ctx context.Context, address, dir, hash string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := g.update(ctx, address, dir)
	if damaged(err) {
		if err = g.create(ctx, dir); err == nil {
			err = g.update(ctx, address, dir)
		}
	}
	if err == nil && wholeHash.MatchString(hash) && !g.has(ctx, dir, hash) {
		// Not every host gives it away; the caller finds it missing then.
		_, _ = g.mirror(ctx, dir, address, "fetch", "--quiet", "--no-auto-gc", "--no-tags", "origin", hash)
		err = ctx.Err()
	}
	return err
}

func (g *Git) update(ctx context.Context, address, dir string) error {
	_, err := g.mirror(ctx, dir, address, "fetch", "--quiet", "--force", "--prune", "--no-auto-gc", "origin",
		"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
	return err
}

// remote lists the branches and tags of the repository, and the name of the
// branch that HEAD points to. A ref that is neither, such as the head of a pull
// request, is listed where it is the one that is wanted.
func (g *Git) remote(ctx context.Context, address, dir, ref string) (refs map[string]string, head string, err error) {
	if !strings.HasPrefix(ref, "refs/") {
		ref = "HEAD"
	}
	return g.list(ctx, dir, address, []string{bare}, ref)
}

// list is remote in any folder.
func (g *Git) list(ctx context.Context, dir, address string, where []string, more ...string) (refs map[string]string, head string, err error) {
	out, err := g.run(ctx, dir, address, slices.Concat(where, []string{"ls-remote", "--symref", "origin", "HEAD", "refs/heads/*", "refs/tags/*"}, more)...)
	if err != nil {
		return nil, "", err
	}
	refs = map[string]string{}
	for line := range strings.Lines(out) {
		left, name, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok {
			continue
		}
		if target, is := strings.CutPrefix(left, "ref: "); is && name == "HEAD" {
			head = strings.TrimPrefix(target, "refs/heads/")
			continue
		}
		if tag, peeled := strings.CutSuffix(name, "^{}"); peeled {
			name = tag // an annotated tag: the commit behind it
		}
		refs[name] = left
	}
	if len(refs) == 0 {
		return nil, "", slot.E(slot.KindFailed, "push a commit to it first",
			fmt.Errorf("cannot deploy %s: the repository is empty", slot.RedactAddress(address)))
	}
	return refs, head, nil
}

// pick chooses the commit that ref names among the remote's refs.
func pick(refs map[string]string, head, ref, address string) (hash, branch string, err error) {
	if ref == "" {
		if h, ok := refs["HEAD"]; ok {
			return h, head, nil
		}
		return "", "", slot.E(slot.KindUsage, "name one with --branch: "+branches(refs),
			fmt.Errorf("cannot deploy %s: it has no default branch", slot.RedactAddress(address)))
	}
	if h, ok := refs[ref]; ok && strings.HasPrefix(ref, "refs/") {
		return h, ref, nil
	}
	for _, full := range []string{"refs/heads/" + ref, "refs/tags/" + ref} {
		if h, ok := refs[full]; ok {
			return h, ref, nil
		}
	}
	if hexCommit.MatchString(ref) {
		return ref, "", nil
	}
	return "", "", noRef(ref, refs, address)
}

func noRef(ref string, refs map[string]string, address string) error {
	return slot.E(slot.KindUsage, "it has: "+branches(refs),
		fmt.Errorf("cannot find %q in %s: no branch, tag or commit of that name", ref, slot.RedactAddress(address)))
}

// branches lists a few branches for a hint.
func branches(refs map[string]string) string {
	var names []string
	for r := range refs {
		if b, ok := strings.CutPrefix(r, "refs/heads/"); ok {
			names = append(names, b)
		}
	}
	slices.Sort(names)
	if len(names) > 8 {
		return strings.Join(names[:8], ", ") + fmt.Sprintf(" and %d more", len(names)-8)
	}
	return strings.Join(names, ", ")
}

func (g *Git) commit(ctx context.Context, dir, hash string, where ...string) (Commit, error) {
	out, err := g.run(ctx, dir, "", append(where, "log", "-1", "--no-show-signature", "--format=%H%x00%s%x00%an", hash, "--")...)
	if err != nil {
		return Commit{}, err
	}
	f := strings.SplitN(strings.TrimRight(out, "\n"), "\x00", 3)
	if len(f) != 3 {
		return Commit{}, fmt.Errorf("cannot read commit %s: git answered %q", hash, out)
	}
	return Commit{Hash: f[0], Subject: f[1], Author: f[2]}, nil
}
