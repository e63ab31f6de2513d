// Package cli stands in for the one part of Coder that the Go proxy does not
// serve: the hidden command "coder exp boundary", which no test here calls.
package cli

import (
	"errors"

	"github.com/coder/serpent"
)

// BaseCommand returns the command that takes boundary's place.
func BaseCommand() *serpent.Command {
	return &serpent.Command{
		Use:    "boundary",
		Short:  "Left out of this build.",
		Hidden: true,
		Handler: func(*serpent.Invocation) error {
			return errors.New("boundary is left out of this build")
		},
	}
}
