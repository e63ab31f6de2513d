package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/slot-paas/slot/slot"
)

// lockFile is hooks.lock: the programs that the user trusts.
type lockFile struct {
	Version int         `json:"version"` // 1
	Hooks   []lockEntry `json:"hooks"`
}

type lockEntry struct {
	Name      string    `json:"name"`
	Path      string    `json:"path"`
	SHA256    string    `json:"sha256"`
	Version   string    `json:"version,omitempty"` // as it described itself
	FirstSeen time.Time `json:"first_seen"`
}

// CheckTrust says why the trusted hooks cannot be read. List takes no hook of
// a third party for trusted then.
func (h *Host) CheckTrust() error {
	_, err := h.readLock()
	return err
}

// Trust lets the third-party hook of that name run from now on, as it is now.
// sum is the SHA-256 that the user was shown, "" for none: another program has
// KindRefused. The hook is started once, to ask whether it bears its file's
// name.
func (h *Host) Trust(ctx context.Context, name, sum string) (Info, error) {
	lock, err := h.readLock()
	if err != nil {
		return Info{}, err
	}
	found := h.scan(lock)
	i := slices.IndexFunc(found, func(f Info) bool { return f.Name == name })
	if i < 0 {
		return Info{}, slot.E(slot.KindNotFound, "slot hooks list shows the hooks there are", fmt.Errorf("no hook %q in the folders of hooks", name))
	}
	info := found[i]
	if info.Trust == TrustUnsafe {
		return info, info.refusal()
	}
	if sum != "" && info.SHA256 != sum {
		return info, slot.E(slot.KindRefused, "slot hooks trust "+name, fmt.Errorf("cannot trust hook %q: %s changed a moment ago", name, info.Path))
	}
	r, err := h.launch(ctx, info, App{}, h.sandbox(App{}), nil)
	if err != nil {
		return info, err
	}
	r.stop()
	entry := lockEntry{Name: name, Path: info.Path, SHA256: info.SHA256, Version: r.description.Version, FirstSeen: time.Now().UTC()}
	lock.Hooks = append(lock.without(name), entry)
	if err := h.writeLock(lock); err != nil {
		return info, err
	}
	info.Trust, info.Problem, info.Active = TrustGiven, "", true
	return info, nil
}

// Untrust takes the trust back.
func (h *Host) Untrust(name string) error {
	lock, err := h.readLock()
	if err != nil {
		return err
	}
	rest := lock.without(name)
	if len(rest) == len(lock.Hooks) {
		return slot.E(slot.KindNotFound, "slot hooks list shows which hooks are trusted", fmt.Errorf("hook %q is not trusted", name))
	}
	lock.Hooks = rest
	return h.writeLock(lock)
}

func (l lockFile) without(name string) []lockEntry {
	return slices.DeleteFunc(slices.Clone(l.Hooks), func(e lockEntry) bool { return e.Name == name })
}

// judge compares a program with what the user trusts under its name.
func (l lockFile) judge(name, sum string) (Trust, string) {
	i := slices.IndexFunc(l.Hooks, func(e lockEntry) bool { return e.Name == name })
	switch {
	case i < 0:
		return TrustUnknown, "it is not trusted yet (sha256 " + sum + ")"
	case l.Hooks[i].SHA256 != sum:
		return TrustChanged, "it changed since it was trusted: sha256 " + l.Hooks[i].SHA256 + " then, " + sum + " now"
	}
	return TrustGiven, ""
}

func (h *Host) readLock() (lockFile, error) {
	lock := lockFile{Version: 1}
	data, err := os.ReadFile(h.options.LockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return lock, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &lock)
	}
	if err == nil && lock.Version != 1 {
		err = fmt.Errorf("version %d is not one this slot reads", lock.Version)
	}
	if err != nil {
		return lockFile{}, slot.E(slot.KindFailed, "repair or remove the file, then trust the hooks again",
			fmt.Errorf("cannot read the trusted hooks in %s: %w", h.options.LockFile, err))
	}
	return lock, nil
}

func (h *Host) writeLock(lock lockFile) error {
	data, err := json.MarshalIndent(lock, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(h.options.LockFile), ".hooks.lock-") // 0600
	if err != nil {
		return fmt.Errorf("cannot write the trusted hooks: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), h.options.LockFile)
	}
	if err != nil {
		return fmt.Errorf("cannot write the trusted hooks: %w", err)
	}
	return nil
}

// openProgram opens a hook's file, checks that nobody else could have changed
// it and returns its hash. Close the file.
func openProgram(path string) (*os.File, string, error) {
	dir, err := os.Stat(filepath.Dir(path))
	if err == nil {
		err = checkOwner(dir, "folder")
	}
	if err != nil {
		return nil, "", err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.New()
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("it is not a regular file")
	case info.Mode().Perm()&0o100 == 0:
		err = errors.New("it is not executable")
	default:
		if err = checkOwner(info, "file"); err == nil {
			_, err = io.Copy(sum, file)
		}
	}
	if err != nil {
		file.Close()
		return nil, "", err
	}
	return file, hex.EncodeToString(sum.Sum(nil)), nil
}
