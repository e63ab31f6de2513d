package database

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/slot-paas/slot/slot"
)

// Account is a user of this machine that PostgreSQL runs as.
type Account struct {
	Name     string
	UID, GID uint32
}

// Credential is what a process is started with; nil for the daemon's own user.
func (a *Account) Credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: a.UID, Gid: a.GID}
}

// String is the account's name, or the name of who runs the daemon.
func (a *Account) String() string {
	if a != nil {
		return a.Name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}

// accountFor chooses who runs the server on a folder: the daemon's own user,
// or, as PostgreSQL refuses to be root, the folder's owner or else the first
// of these users that there is.
func accountFor(data string) (*Account, error) {
	fi, err := os.Stat(data)
	owner := -1
	if err == nil {
		owner = int(fi.Sys().(*syscall.Stat_t).Uid)
	}
	if me := os.Getuid(); me != 0 {
		if owner >= 0 && owner != me {
			return nil, slot.E(slot.KindFailed, "set SLOT_DATA to a folder of your own, or: sudo chown -R "+strconv.Itoa(me)+" "+data,
				fmt.Errorf("the database's folder %s belongs to user %d, not to you", data, owner))
		}
		return nil, nil
	}
	if owner > 0 {
		return lookupID(owner)
	}
	for _, name := range []string{"postgres", "coder", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return account(u)
		}
	}
	return nil, slot.E(slot.KindFailed, "useradd --system postgres",
		errors.New("PostgreSQL does not run as root, and there is no user postgres, coder or nobody"))
}

func lookupID(uid int) (*Account, error) {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return &Account{Name: strconv.Itoa(uid), UID: uint32(uid), GID: uint32(uid)}, nil // without a name it works as well
	}
	return account(u)
}

func account(u *user.User) (*Account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err, err2); err != nil {
		return nil, fmt.Errorf("cannot use the user %s: %w", u.Username, err)
	}
	return &Account{Name: u.Username, UID: uint32(uid), GID: uint32(gid)}, nil
}

// reaches says which folder keeps the account from a path, if one does. Only
// the modes are looked at.
func (a *Account) reaches(path, what string) error {
	if a == nil {
		return nil
	}
	for dir := filepath.Clean(path); dir != "/"; {
		dir = filepath.Dir(dir)
		fi, err := os.Stat(dir)
		if err != nil {
			continue // it will be made
		}
		if st := fi.Sys().(*syscall.Stat_t); !mayEnter(fi.Mode(), st, a) {
			return slot.E(slot.KindFailed, fmt.Sprintf("chmod o+x %s, or set SLOT_DATA to a folder elsewhere, such as /srv/slot", dir),
				fmt.Errorf("the user %s, as whom it runs, cannot reach %s %s: %s is closed to it", a.Name, what, path, dir))
		}
	}
	return nil
}

func mayEnter(mode os.FileMode, st *syscall.Stat_t, a *Account) bool {
	switch {
	case st.Uid == a.UID:
		return mode&0o100 != 0
	case st.Gid == a.GID:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

// own makes a folder that belongs to the account alone.
func (a *Account) own(dir string) error {
	parents := os.FileMode(0o700)
	if a != nil {
		parents = 0o755 // another user goes through
	}
	if err := os.MkdirAll(filepath.Dir(dir), parents); err != nil {
		return fmt.Errorf("cannot make the folder of the data: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("cannot make the folder of the data: %w", err)
	}
	if a == nil {
		return nil
	}
	return os.Chown(dir, int(a.UID), int(a.GID))
}
