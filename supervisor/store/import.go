package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slot-paas/slot/internal/strictjson"
	"github.com/slot-paas/slot/slot"
)

// Import is a configuration that is to be taken over: an export, another
// slots.json, or one of an older version with what was left out of it.
type Import struct {
	Config  slot.Config // only the slots that stand in the file
	Version int         // of the file
	Notes   []Note
	LeftOut []string // settings that an export left out, as their values are secret: "a.environment.API_KEY"
}

// document is what a file of the present version may hold.
type document struct {
	slot.Config
	LeftOut []string `json:"left_out,omitempty"`
}

// ParseImport reads the bytes of the file at path, which is named in errors
// with line and column; they have slot.KindUsage.
func ParseImport(path string, data []byte) (Import, error) {
	current, from, notes, err := migrate(data)
	if err != nil {
		return Import{}, located(path, data, err)
	}
	if from > slot.ConfigVersion {
		return Import{}, slot.E(slot.KindUsage, "install the newer slot again",
			fmt.Errorf("cannot use %s: a newer slot wrote it (version %d; this one reads %d)", path, from, slot.ConfigVersion))
	}
	var doc document
	if err := strictjson.Decode(current, &doc); err != nil {
		var where *strictjson.Error
		if !errors.As(err, &where) {
			return Import{}, unreadable(path, err)
		}
		line, column := where.Line, where.Column
		if from != slot.ConfigVersion { // the place in what was migrated means nothing
			line, column = strictjson.Locate(data, where.Path)
		}
		return Import{}, badConfig(path, line, column, where.Err)
	}
	if err := doc.Validate(); err != nil {
		return Import{}, located(path, data, err)
	}
	return Import{Config: doc.Config, Version: from, Notes: notes, LeftOut: doc.LeftOut}, nil
}

// whole refuses what cannot be in force as it is without losing what its owner
// asked for.
func (in *Import) whole(path string) error {
	lost := in.LeftOut
	why := "it is an export without the values of "
	if len(lost) == 0 {
		why = "it is of the system before slot, and slot does not have "
		for _, n := range in.Notes {
			if n.Lost {
				lost = append(lost, n.Path)
			}
		}
	}
	if len(lost) == 0 {
		return nil
	}
	more := ""
	if len(lost) > 5 {
		lost, more = lost[:5], fmt.Sprintf(" and %d more", len(lost)-5)
	}
	return slot.E(slot.KindUsage, "slot config import "+quoted(path)+" shows what it takes over and what not",
		fmt.Errorf("cannot use %s as it is: %s%s%s", path, why, strings.Join(lost, ", "), more))
}

// located adds the place of the key path with which the error begins.
func located(path string, data []byte, err error) error {
	line, column := strictjson.Locate(data, fieldOf.FindString(err.Error()))
	return badConfig(path, line, column, err)
}
