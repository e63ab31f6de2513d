package git

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Export writes the files of a commit into the folder of dst, "" for dst
// itself, without .git. The folder is made, or is empty. Nothing is ever
// written outside dst, whatever the repository holds.
func (g *Git) Export(ctx context.Context, mirror, hash, dst, folder string) error {
	if err := wholeTree(mirror); err != nil {
		return fmt.Errorf("cannot prepare the mirror: %w", err)
	}
	root, err := openFolder(dst, folder)
	if err != nil {
		return fmt.Errorf("cannot write the files of commit %.7s: %w", hash, err)
	}
	defer root.Close()
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := g.command(own, mirror, "", bare, "archive", "--format=tar", hash)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot run git archive: %w", err)
	}
	untarErr := untar(out, root)
	if untarErr != nil {
		cancel()
	}
	_, _ = io.Copy(io.Discard, out)
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case untarErr != nil && !errors.Is(untarErr, io.ErrUnexpectedEOF):
		return fmt.Errorf("cannot write the files of commit %.7s: %w", hash, untarErr)
	case waitErr != nil:
		return fmt.Errorf("cannot read commit %.7s: %w", hash, &failure{stderr: errs.String(), err: waitErr})
	}
	return untarErr
}

// wholeTree makes git archive write every file as it is committed: a
// repository's export-ignore and export-subst are for its source packages,
// not for what runs, and a filter such as git-lfs has no place to work in
// there; ExportLFS does its work. Attributes of the repository itself win over
// the tree's (gitattributes(5)).
func wholeTree(mirror string) error {
	file := filepath.Join(mirror, "info", "attributes")
	const rule = "* -export-ignore -export-subst -filter\n"
	if b, err := os.ReadFile(file); err == nil && string(b) == rule {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(rule), 0o644)
}

// openFolder opens a folder inside dst, which no link leads out of.
func openFolder(dst, folder string) (*os.Root, error) {
	root, err := os.OpenRoot(dst)
	if err != nil || folder == "" {
		return root, err
	}
	defer root.Close()
	if err := root.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	return root.OpenRoot(folder)
}

// untar writes regular files, folders and symbolic links below root.
func untar(r io.Reader, root *os.Root) error {
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := path.Clean(h.Name)
		if name == "." {
			continue
		}
		if dir := path.Dir(name); dir != "." {
			if err := root.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o755)
		case tar.TypeReg:
			err = writeFile(root, name, tr, fs.FileMode(h.Mode))
		case tar.TypeSymlink:
			err = root.Symlink(h.Linkname, name)
		}
		if err != nil {
			return err
		}
	}
}

func writeFile(root *os.Root, name string, r io.Reader, mode fs.FileMode) error {
	f, err := root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions(mode))
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// permissions keeps what git keeps of a file's mode: whether it can be run.
func permissions(mode fs.FileMode) fs.FileMode {
	if mode&0o111 != 0 {
		return 0o755
	}
	return 0o644
}
