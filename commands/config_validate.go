package commands

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

type configValidateOptions struct{ json bool }

func newConfigValidate(w *World) *cobra.Command {
	o := configValidateOptions{}
	cmd := &cobra.Command{
		Use: "validate [FILE]", Short: "Check slots.json or another file, changing nothing",
		Example: "  slot config validate\n  slot config validate ./slots.json",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return o.run(w, args) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	return cmd
}

// validated is the JSON output for a file that is good.
type validated struct {
	File  string `json:"file"`
	Valid bool   `json:"valid"`
}

func (o *configValidateOptions) run(w *World, args []string) error {
	s, err := w.settings()
	if err != nil {
		return err
	}
	file := store.Layout{Home: s.Home}.Config()
	if len(args) == 1 {
		file = args[0]
	}
	if _, err := store.ReadConfig(file); err != nil {
		var e *slot.Error
		if errors.As(err, &e) {
			return err
		}
		return slot.E(slot.KindUsage, "", err)
	}
	if o.json {
		return printJSON(w.Out, validated{File: file, Valid: true})
	}
	fmt.Fprintf(w.Err, "%s is good\n", file)
	return nil
}
