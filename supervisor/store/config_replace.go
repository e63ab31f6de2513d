package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/slot-paas/slot/slot"
)

// ConfigFile returns what stands in slots.json now, broken or not, and the sum
// by which ReplaceConfig knows it. Where there is no file it is the default
// configuration, as it would be written, and the sum is "".
func (s *Store) ConfigFile() (text []byte, sum string, err error) {
	err = s.write(func() error {
		text, sum, err = s.present()
		if err == nil && sum == "" {
			text, err = encode(s.Config())
		}
		return err
	})
	return text, sum, err
}

// ReplaceConfig puts text in force in the place of the file that has that sum.
// What stands there, broken or not, goes to the backups first. It is refused
// with slot.KindFailed where the file has changed since, and with
// slot.KindUsage and the line where text is no good configuration; nothing is
// written then, nor where nothing would change.
func (s *Store) ReplaceConfig(sum string, text []byte) error {
	return s.write(func() error {
		present, now, err := s.present()
		if err != nil {
			return err
		}
		if now != sum {
			return slot.E(slot.KindFailed, "look at it and try again: slot config show",
				errors.New("cannot replace slots.json: somebody changed it meanwhile"))
		}
		if _, err := parseConfig("the new slots.json", text); err != nil {
			return err
		}
		if sum == hashOf(text) {
			return s.reload()
		}
		return s.putInForce(present, text)
	})
}

// present returns the file as it is; no bytes and no sum where there is none.
func (s *Store) present() ([]byte, string, error) {
	path := s.layout.Config()
	data, _, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", unreadable(path, err)
	}
	return data, hashOf(data), nil
}

// putInForce writes text, after what stands in its place has been backed up.
func (s *Store) putInForce(present, text []byte) error {
	if present != nil {
		if err := s.backUp(present); err != nil {
			return err
		}
	}
	if err := writeFile(s.layout.Config(), text); err != nil {
		return err
	}
	return s.reload()
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// EncodeConfig returns the configuration as it stands in slots.json.
func EncodeConfig(c slot.Config) ([]byte, error) {
	data, err := encode(c)
	if err != nil {
		return nil, fmt.Errorf("cannot write the configuration: %w", err)
	}
	return data, nil
}
