package coder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Intent is a change of parameters as it was begun. It is written before the
// build is asked for, because the build may end the program that waits for it
// and makes its token invalid.
type Intent struct {
	Version   int       `json:"version"`
	Time      time.Time `json:"time"`
	Server    string    `json:"server"`
	Workspace string    `json:"workspace"` // owner/name
	Before    int       `json:"before"`    // number of the workspace's build by then
	Changes   []Change  `json:"changes"`
	Build     *Build    `json:"build,omitempty"` // none: whether it was queued is not known
}

// intentVersion is the schema that this program writes.
const intentVersion = 1

// IntentFile is where the last change stands in the state folder.
func IntentFile(home string) string { return filepath.Join(home, "coder-change.json") }

// ReadIntent returns the last change, nil where there was none.
func ReadIntent(home string) (*Intent, error) {
	b, err := os.ReadFile(IntentFile(home))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var i Intent
	if err == nil {
		err = json.Unmarshal(b, &i)
	}
	if err == nil && i.Version != intentVersion {
		err = fmt.Errorf("it is of version %d; this program knows %d", i.Version, intentVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", IntentFile(home), err)
	}
	return &i, nil
}

// WriteIntent replaces the last change; nil removes it. It is on the disk
// when WriteIntent returns.
func WriteIntent(home string, i *Intent) (err error) {
	path := IntentFile(home)
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot note the change in %s: %w", path, err)
		}
	}()
	if i == nil {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	i.Version = intentVersion
	b, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(home, ".coder-change-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already when all went well
	if _, err = tmp.Write(append(b, '\n')); err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return err
	}
	dir, err := os.Open(home)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
