package commands

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slot-paas/slot/internal/nearest"
	"github.com/slot-paas/slot/slot"
)

// checkCommand returns an error for a command line whose command there is not,
// with the one that was meant. Cobra answers it with an exit code of 0 and a
// page of help where it stands below another command, as in "slot db backp".
func checkCommand(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err == nil && (cmd.Runnable() || !cmd.HasAvailableSubCommands()) {
		return nil
	}
	word := ""
	for _, arg := range rest {
		switch {
		case arg == "-h", arg == "--help", arg == "--":
			return nil
		case word == "" && !strings.HasPrefix(arg, "-"):
			word = arg
		}
	}
	if word == "" || strings.HasPrefix(word, "__complete") { // which cobra adds when it runs
		return nil
	}
	var known []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
			known = append(known, sub.Aliases...)
		}
	}
	said := fmt.Sprintf("unknown command %q for %q", word, cmd.CommandPath())
	return slot.E(slot.KindUsage, cmd.CommandPath()+" --help", errors.New(said+meant("", nearest.Word(word, known))))
}

// checkFlag says of a flag that there is not which one was meant.
func checkFlag(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || len(missing.GetSpecifiedName()) < 2 {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	return fmt.Errorf("%w%s", err, meant("--", nearest.Word(missing.GetSpecifiedName(), known)))
}

// meant is the end of an error's text; "" without a word.
func meant(before, word string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", before+word)
}
