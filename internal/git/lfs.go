package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Pointer is a file that Git LFS keeps elsewhere: in its place stands a text
// of a few lines. Source: git-lfs, docs/spec.md.
type Pointer struct {
	Path string // with slashes
	oid  string // SHA-256 of the content, 64 hex digits
	size int64
}

const (
	pointerBegin = "version https://git-lfs.github.com/spec/v1\n"
	pointerMax   = 1024 // bytes, by its specification
)

// Pointers lists the files in the folder of dst, "" for dst itself, that stand
// for others in Git LFS, when some .gitattributes there speaks of it.
func Pointers(dst, folder string) ([]Pointer, error) {
	root, err := openFolder(dst, folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	used := false
	var small []string
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.Name() == ".gitattributes" && !used {
			b, err := root.ReadFile(name)
			if err != nil {
				return err
			}
			used = strings.Contains(string(b), "filter=lfs")
		}
		if info.Size() > int64(len(pointerBegin)) && info.Size() < pointerMax {
			small = append(small, name)
		}
		return nil
	})
	if err != nil || !used {
		return nil, err
	}
	var found []Pointer
	for _, name := range small {
		b, err := root.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if p, is := readPointer(string(b)); is {
			p.Path = name
			found = append(found, p)
		}
	}
	return found, nil
}

func readPointer(text string) (p Pointer, is bool) {
	rest, is := strings.CutPrefix(text, pointerBegin)
	if !is {
		return p, false
	}
	lines := bufio.NewScanner(strings.NewReader(rest))
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), " ")
		switch key {
		case "oid":
			p.oid = strings.TrimPrefix(value, "sha256:")
		case "size":
			p.size, _ = strconv.ParseInt(value, 10, 64)
		}
	}
	return p, len(p.oid) == 64 && wholeHash.MatchString(p.oid) && p.size >= 0
}

// LFS reports whether files of Git LFS can be fetched: git-lfs is there, and
// its user did not turn it off with the variable that git-lfs has for it.
func (g *Git) LFS() bool {
	for _, kv := range g.world.Load().env {
		if v, is := strings.CutPrefix(kv, "GIT_LFS_SKIP_SMUDGE="); is && v != "" && v != "0" && v != "false" {
			return false
		}
	}
	return g.LFSInstalled()
}

// LFSInstalled reports whether there is a git-lfs.
func (g *Git) LFSInstalled() bool {
	_, err := exec.LookPath("git-lfs")
	return err == nil
}

// ExportLFS fetches what the pointers of an exported commit stand for into the
// mirror, and puts it in their place below the folder of dst.
func (g *Git) ExportLFS(ctx context.Context, address, mirror, hash, dst, folder string, pointers []Pointer) error {
	if !g.allThere(mirror, pointers) {
		if err := g.fetchLFS(ctx, address, mirror, hash); err != nil {
			return err
		}
	}
	root, err := openFolder(dst, folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, p := range pointers {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := p.replace(root, mirror)
		if errors.Is(err, fs.ErrNotExist) {
			return slot.E(slot.KindFailed, "push them from a clone that has them: git lfs push --all origin",
				fmt.Errorf("cannot fetch %q: Git LFS of %s does not have it", path.Join(folder, p.Path), slot.RedactAddress(address)))
		}
		if err != nil {
			return fmt.Errorf("cannot write %q from Git LFS: %w", path.Join(folder, p.Path), err)
		}
	}
	return nil
}

func (p Pointer) object(mirror string) string {
	return filepath.Join(mirror, "lfs", "objects", p.oid[:2], p.oid[2:4], p.oid)
}

func (g *Git) allThere(mirror string, pointers []Pointer) bool {
	for _, p := range pointers {
		if fi, err := os.Stat(p.object(mirror)); err != nil || fi.Size() != p.size {
			return false
		}
	}
	return true
}

// replace puts the content in the pointer's place; git-lfs compared it with
// its sum when it came.
func (p Pointer) replace(root *os.Root, mirror string) error {
	from, err := os.Open(p.object(mirror))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := root.OpenFile(filepath.FromSlash(p.Path), os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	n, err := io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	if n != p.size {
		return fmt.Errorf("it has %d bytes, and its pointer says %d", n, p.size)
	}
	now := time.Now() // its last use, for Tidy
	return os.Chtimes(from.Name(), now, now)
}
