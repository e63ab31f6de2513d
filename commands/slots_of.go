package commands

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

// slotsOf reads the arguments of a command that takes one slot or more, or
// --all.
func slotsOf(args []string, all bool) ([]slot.Name, error) {
	if all || len(args) == 0 {
		return targets(args, all)
	}
	var names []slot.Name
	for _, arg := range args {
		n, err := slot.ParseName(arg)
		if err != nil {
			return nil, err
		}
		if slices.Contains(names, n) {
			return nil, slot.E(slot.KindUsage, "", errors.New("slot "+string(n)+" is named twice"))
		}
		names = append(names, n)
	}
	return names, nil
}

// moreSlotNames completes the names of slots that are not among the arguments.
func moreSlotNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, n := range slot.Names() {
		if !slices.Contains(args, string(n)) {
			names = append(names, string(n))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
