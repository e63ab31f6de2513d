package git

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// Submodule is a folder of a commit whose files are those of a commit of
// another repository.
type Submodule struct {
	Path    string // of the folder, with slashes
	Address string // complete; "" when .gitmodules has none
	Commit  string
}

// Submodules lists the submodules of a commit, not those inside them. address
// is where the mirror comes from: relative addresses start there. Without any
// it returns nil.
func (g *Git) Submodules(ctx context.Context, address, mirror, hash string) ([]Submodule, error) {
	out, err := g.mirror(ctx, mirror, "", "ls-tree", "-r", "-z", "--full-tree", hash)
	if err != nil {
		return nil, fmt.Errorf("cannot list the files of commit %.7s: %w", hash, err)
	}
	var all []Submodule
	for entry := range strings.SplitSeq(out, "\x00") {
		info, path, _ := strings.Cut(entry, "\t")
		if commit, is := strings.CutPrefix(info, "160000 commit "); is {
			all = append(all, Submodule{Path: path, Commit: commit})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	addresses, err := g.modules(ctx, mirror, hash)
	if err != nil {
		return nil, err
	}
	for i, s := range all {
		if url := addresses[s.Path]; url != "" {
			if all[i].Address, err = submoduleAddress(address, url); err != nil {
				return nil, inSubmodule(s.Path, err)
			}
		}
	}
	return all, nil
}

// modules reads the addresses of .gitmodules, by folder.
func (g *Git) modules(ctx context.Context, mirror, hash string) (map[string]string, error) {
	blob := hash + ":.gitmodules"
	if _, err := g.mirror(ctx, mirror, "", "cat-file", "-e", blob); err != nil {
		return nil, ctx.Err() // there is none
	}
	out, err := g.mirror(ctx, mirror, "", "config", "--blob", blob, "--no-includes", "--null", "--list")
	if err != nil {
		return nil, slot.E(slot.KindFailed, "mend .gitmodules in the repository", fmt.Errorf("cannot read .gitmodules: %w", err))
	}
	paths, urls := map[string]string{}, map[string]string{}
	for setting := range strings.SplitSeq(out, "\x00") {
		key, value, _ := strings.Cut(setting, "\n")
		name, is := strings.CutPrefix(key, "submodule.")
		if n, ok := strings.CutSuffix(name, ".path"); is && ok {
			paths[n] = strings.TrimSuffix(value, "/")
		} else if n, ok := strings.CutSuffix(name, ".url"); is && ok {
			urls[n] = value
		}
	}
	byPath := map[string]string{}
	for name, path := range paths {
		byPath[path] = urls[name]
	}
	return byPath, nil
}

// submoduleAddress is the complete address of a submodule. One on this machine
// is for repositories of this machine alone: another's must not read folders
// here (git's own rule since CVE-2022-39253, protocol.file.allow).
func submoduleAddress(parent, url string) (string, error) {
	full := resolve(parent, url)
	repo, err := slot.ParseRepository(full)
	if err != nil {
		return "", err
	}
	if local(repo.Address) && !local(parent) {
		return "", slot.E(slot.KindRefused, "give the submodule an address that others can reach, in .gitmodules",
			fmt.Errorf("%q is a folder of this machine, and the repository that names it is not", repo.Address))
	}
	return repo.Address, nil
}

func local(address string) bool {
	return filepath.IsAbs(address) || strings.HasPrefix(address, "file://")
}

// resolve makes a submodule's address complete as git does: one that begins
// with ./ or ../ starts at the address of the repository that names it
// (gitmodules(5)).
func resolve(parent, url string) string {
	if !strings.HasPrefix(url, "./") && !strings.HasPrefix(url, "../") {
		return url
	}
	base, separator := strings.TrimSuffix(parent, "/"), "/"
	for {
		if rest, ok := strings.CutPrefix(url, "./"); ok {
			url = rest
			continue
		}
		rest, ok := strings.CutPrefix(url, "../")
		if !ok {
			break
		}
		url = rest
		if i := strings.LastIndexByte(base, '/'); i >= 0 {
			base = base[:i]
		} else if i := strings.LastIndexByte(base, ':'); i >= 0 { // host:name
			base, separator = base[:i], ":"
		} else {
			base = "."
		}
	}
	return base + separator + strings.TrimSuffix(url, "/")
}

// inSubmodule says which submodule an error is about.
func inSubmodule(path string, err error) error {
	e := slot.AsError(err)
	return slot.E(e.Kind, e.Hint, fmt.Errorf("cannot fetch the submodule %q: %w", path, err))
}

// FetchSubmodule brings the bare mirror at dir to hold the submodule's commit,
// without a word to the network when it does already.
func (g *Git) FetchSubmodule(ctx context.Context, s Submodule, dir string) error {
	err := g.fetchCommit(ctx, s.Address, dir, s.Commit)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return inSubmodule(s.Path, err)
}

func (g *Git) fetchCommit(ctx context.Context, address, dir, hash string) error {
	if !exists(dir) {
		if err := g.create(ctx, dir); err != nil {
			return err
		}
	}
	if g.has(ctx, dir, hash) {
		return nil
	}
	if err := g.bring(ctx, address, dir, hash); err != nil {
		return explain(err, address)
	}
	if !g.has(ctx, dir, hash) {
		return slot.E(slot.KindFailed, "push the submodule's commits too: git push --recurse-submodules=on-demand",
			fmt.Errorf("%s has no commit %.7s", slot.RedactAddress(address), hash))
	}
	return nil
}
