package supervisor

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// Program is what a file with slot in it says of itself.
type Program struct {
	Version string `json:"version"`
	Schema  int    `json:"schema"` // of slots.json, as it writes it
}

// machines are the names of ELF for Go's.
var machines = map[string]elf.Machine{
	"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "386": elf.EM_386, "arm": elf.EM_ARM,
	"riscv64": elf.EM_RISCV, "ppc64le": elf.EM_PPC64, "s390x": elf.EM_S390, "loong64": elf.EM_LOONGARCH,
}

func nameOf(m elf.Machine) string {
	for name, one := range machines {
		if one == m {
			return name
		}
	}
	return m.String()
}

// askTimeout bounds the wait for a program to say its version: it opens
// nothing for that.
const askTimeout = 10 * time.Second

// CheckProgram asks the file whether it could take this program's place, and
// changes nothing. KindUsage or KindRefused says why not.
func CheckProgram(ctx context.Context, file string) (p Program, err error) {
	no := func(hint, why string, args ...any) (Program, error) {
		return p, slot.E(slot.KindUsage, hint, fmt.Errorf("cannot use %q: "+why, append([]any{file}, args...)...))
	}
	fi, err := os.Stat(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return no("", "there is no such file")
	case err != nil:
		return no("", "%w", err)
	case !fi.Mode().IsRegular():
		return no("", "it is not a file")
	case fi.Mode()&0o111 == 0:
		return no("chmod +x "+file, "it is not executable")
	}
	f, err := elf.Open(file)
	if err != nil {
		return no("", "it is not a program for Linux")
	}
	machine := f.Machine
	f.Close()
	if want, known := machines[runtime.GOARCH]; known && machine != want {
		return no("get the one for "+runtime.GOARCH, "it is a program for %s, and this machine is %s", nameOf(machine), runtime.GOARCH)
	}
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(limited, file, "version", "--json")
	cmd.Dir, cmd.Stdout, cmd.WaitDelay = "/", &out, time.Second
	if err := cmd.Run(); err != nil || json.Unmarshal(out.Bytes(), &p) != nil || p.Version == "" {
		if ctx.Err() != nil {
			return p, ctx.Err()
		}
		return no("", "it does not say its version (%s version --json)", filepath.Base(file))
	}
	if p.Schema < slot.ConfigVersion {
		return p, slot.E(slot.KindRefused, "", fmt.Errorf(
			"cannot use %q: its version %s writes schema %d of slots.json, this one is at %d and would not be read", file, p.Version, p.Schema, slot.ConfigVersion))
	}
	return p, nil
}

// Previous is where the program is kept that an upgrade replaced.
func Previous(home string) string {
	return filepath.Join(home, "previous", "slot")
}

// Install puts file in the place of the program exe, in one step, and keeps
// what was there as the previous one.
func Install(file, exe, home string) error {
	if err := store.CheckHome(home); err != nil {
		return err
	}
	kept := Previous(home)
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return fmt.Errorf("cannot keep the previous program: %w", err)
	}
	old, err := beside(exe, kept)
	if err != nil {
		return fmt.Errorf("cannot keep the previous program: %w", err)
	}
	defer os.Remove(old) // gone where all went well
	fresh, err := beside(file, exe)
	if err != nil {
		return slot.E(slot.KindFailed, "install it by hand, then: slot reload", fmt.Errorf("cannot install over %s: %w", exe, err))
	}
	defer os.Remove(fresh)
	if err := os.Rename(fresh, exe); err != nil {
		return fmt.Errorf("cannot install over %s: %w", exe, err)
	}
	if err := os.Rename(old, kept); err != nil {
		return fmt.Errorf("cannot keep the previous program: %w", err)
	}
	return nil
}

// Restore puts the previous program back, after an upgrade to one that does
// not serve.
func Restore(exe, home string) error {
	fresh, err := beside(Previous(home), exe)
	if err == nil {
		err = os.Rename(fresh, exe)
	}
	if err != nil {
		return fmt.Errorf("cannot put %s back: %w", exe, err)
	}
	return nil
}

// beside copies a program to a new file in the folder of another, whole on
// disk, and returns its name.
func beside(from, other string) (name string, err error) {
	src, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer src.Close()
	dst, err := os.CreateTemp(filepath.Dir(other), ".slot-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Chmod(0o755), dst.Sync(), dst.Close()); err != nil {
		os.Remove(dst.Name())
		return "", err
	}
	return dst.Name(), nil
}
