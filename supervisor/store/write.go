package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/slot-paas/slot/slot"
)

// writeFile replaces the file as a whole: after a crash at any moment it
// holds either the old or the new contents. A leftover temporary file has a
// fixed name, so that the next write takes its place.
func writeFile(path string, data []byte) error {
	if err := replaceFile(path, data, (*os.File).Sync); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// replaceFile is writeFile for a file that need not survive a loss of power
// where sync does nothing.
func replaceFile(path string, data []byte, sync func(*os.File) error) error {
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return writeError(path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, sync(f))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return writeError(path, err)
	}
	return nil
}

// WriteFile replaces a file of another room, such as the admin's keys, as a
// whole; its mode is 0600.
func WriteFile(path string, data []byte) error { return writeFile(path, data) }

// syncDir makes the names in dir survive a loss of power.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return writeError(dir, err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return writeError(dir, err)
	}
	return nil
}

func writeError(path string, err error) error {
	hint := ""
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		hint = "free some disk space and try again; slot keeps the old contents"
	}
	return slot.E(slot.KindFailed, hint, fmt.Errorf("cannot write %s: %w", path, cause(err)))
}

// cause strips the operation and the path that os puts before the reason; our
// messages name them already, without the temporary file.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// encode writes v as a person would: indented, with <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("cannot encode a %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// clone copies v with all that it points to. Whatever the store keeps came
// from JSON or was written as JSON, so the copy cannot fail.
func clone[T any](v T) (c T) {
	if data, err := json.Marshal(v); err == nil {
		json.Unmarshal(data, &c)
	}
	return c
}

// quoted returns s as one word of a shell.
func quoted(s string) string {
	if !strings.ContainsAny(s, " \t\n\"'\\$&;|<>()*?[]#~`!{}") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
