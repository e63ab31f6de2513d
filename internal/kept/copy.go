package kept

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// CopyOptions change what Copy does. The zero value copies everything.
type CopyOptions struct {
	Leave func(rel string, d fs.DirEntry) bool // not copied; a folder with all in it
	Share func(rel string) bool                // files that nobody writes to: read-only ones may be shared
	From  string                               // a path that text and links may name …
	To    string                               // … and what they name in the copy; both end with /
}

// maxText bounds the files whose text is looked at, in bytes: what names a
// path is small, what is large is data.
const maxText = 1 << 20

// Copy makes dst, which is not there yet, a file or tree like src with the same
// modes and times: by sharing blocks where the file system can, by sharing
// whole files where the options allow it, else byte by byte. What is neither a
// file, a folder nor a link is left out, and so is what vanishes meanwhile.
func Copy(ctx context.Context, src, dst string, o CopyOptions) error {
	clones := true // until the file system says that it cannot
	return filepath.WalkDir(src, func(p string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if os.IsNotExist(err) && p != src {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, p)
		if err != nil {
			return err
		}
		if rel != "." && o.Leave != nil && o.Leave(rel, d) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		to := dst
		if rel != "." {
			to = filepath.Join(dst, rel)
		}
		switch {
		case info.IsDir():
			return os.Mkdir(to, info.Mode().Perm()|0o700)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			if err != nil {
				return err
			}
			if o.From != "" {
				target = strings.Replace(target, o.From, o.To, 1)
			}
			return os.Symlink(target, to)
		case !info.Mode().IsRegular():
			return nil
		}
		return o.file(p, to, rel, info, &clones)
	})
}

func (o CopyOptions) file(from, to, rel string, info fs.FileInfo, clones *bool) error {
	shared := o.Share != nil && o.Share(rel)
	if o.From != "" && !shared && info.Size() <= maxText {
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		// Only text: in a compiled program the length of a path counts.
		if bytes.Contains(data, []byte(o.From)) && bytes.IndexByte(data, 0) < 0 {
			data = bytes.ReplaceAll(data, []byte(o.From), []byte(o.To))
			return os.WriteFile(to, data, info.Mode().Perm()|0o200)
		}
	}
	if *clones {
		if cloneFile(from, to, info) == nil {
			return nil
		}
		*clones = false
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
	if shared && info.Mode().Perm()&0o222 == 0 {
		if os.Link(from, to) == nil {
			return nil
		}
	}
	return copyFile(from, to, info)
}
