package node

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// identity tells a program from every other, and from what takes its place.
type identity struct {
	Path     string `json:"path"` // without links
	Inode    uint64 `json:"inode"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // nanoseconds, as Changed
	Changed  int64  `json:"changed"`
}

// known is what a node said of itself. The shim of a version manager, which runs
// one node here and another there, is never known: its path is not the one that
// node has.
type known struct {
	Program identity `json:"program"`
	Version string   `json:"version"`
	ABI     string   `json:"abi"`
}

func (k known) runtime() runtime { return newRuntime(k.Version, k.ABI, k.Program.Path) }

// identify finds a program in PATH.
func identify(name string) (id identity, err error) {
	if id.Path, err = exec.LookPath(name); err == nil {
		id.Path, err = filepath.EvalSymlinks(id.Path)
	}
	if err != nil {
		return id, err
	}
	var st syscall.Stat_t
	if err := syscall.Stat(id.Path, &st); err != nil {
		return id, err
	}
	id.Inode, id.Size, id.Modified, id.Changed = st.Ino, st.Size, st.Mtim.Nano(), st.Ctim.Nano()
	return id, nil
}

// remember keeps k for the next build. Without it that one asks again.
func remember(file string, k known) {
	data, err := json.Marshal(k)
	if err != nil {
		return
	}
	temp := file + ".tmp"
	if os.WriteFile(temp, data, 0o600) != nil || os.Rename(temp, file) != nil {
		os.Remove(temp)
	}
}
