package commands

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/export"
)

// write puts the files into the folder, all or, where one is there already,
// none.
func (o *exportOptions) write(ctx context.Context, w *World, c *api.Client, app *export.App, files []export.File) error {
	if err := os.MkdirAll(o.output, 0o755); err != nil {
		return slot.E(slot.KindUsage, "", fmt.Errorf("cannot write into %q: %w", o.output, err))
	}
	names := []string{}
	for _, f := range files {
		names = append(names, f.Name)
	}
	dump := app.Database != nil && app.Database.Dump
	if dump {
		names = append(names, export.DumpName)
	}
	var there []string
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(o.output, name)); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, name)
		}
	}
	if len(there) > 0 && !o.overwrite {
		return slot.E(slot.KindUsage, "--force replaces them; another --output leaves them",
			fmt.Errorf("cannot write into %q: %s there already", o.output, beThere(there)))
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(o.output, f.Name), f.Secret, strings.NewReader(f.Text)); err != nil {
			return err
		}
	}
	if dump {
		return o.dump(ctx, w, c, app)
	}
	return nil
}

func beThere(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return listed(names) + " are"
}

// replaceFile writes a file anew: the mode of one that was there says nothing
// of who may read this one.
func replaceFile(path string, secret bool, text io.Reader) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot write %q: %w", path, errors.Unwrap(err))
	}
	mode := os.FileMode(0o644)
	if secret {
		mode = 0o600
	}
	if strings.HasSuffix(path, ".sh") {
		mode |= 0o111
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", path, errors.Unwrap(err))
	}
	_, err = io.Copy(f, text)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("cannot write %q: %w", path, err), os.Remove(path))
	}
	return nil
}

// joined is a file of a folder as a person names it.
func joined(folder, name string) string {
	if folder == "." {
		return name
	}
	return filepath.Join(folder, name)
}

// newPassword is one for a database that is to be made.
func newPassword() string { return rand.Text() }
