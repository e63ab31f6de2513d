package commands

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/version"
	"github.com/slot-paas/slot/slot"
)

func newVersion(w *World) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Example: "  slot version",
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return printJSON(w.Out, map[string]any{
					"version": version.String(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
					"schema": slot.ConfigVersion,
				})
			}
			_, err := fmt.Fprintf(w.Out, "slot %s %s/%s\n", version.String(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}
