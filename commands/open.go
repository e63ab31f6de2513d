package commands

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
)

type openOptions struct{ print, json bool }

func newOpen(w *World) *cobra.Command {
	o := openOptions{}
	cmd := &cobra.Command{
		Use:   "open SLOT|admin|webhook|pgadmin",
		Short: "Open an address in the browser",
		Long: `Opens the address that "slot url" prints in the browser: the program in $BROWSER,
which editors set in their terminals, else that of the desktop. Where there is
none it prints the address. The admin's lets one browser in, once, within ten
minutes: keep it to yourself.`,
		Example: "  slot open a\n  slot open admin",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: completePlaces,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args[0]) },
	}
	cmd.Flags().BoolVar(&o.print, "print", false, "only print the address")
	cmd.Flags().BoolVar(&o.json, "json", false, "only print the address, as JSON")
	return cmd
}

func (o *openOptions) run(ctx context.Context, w *World, name string) error {
	all, err := w.addresses()
	if err != nil {
		return err
	}
	one, err := find(all, name)
	if err != nil {
		return err
	}
	if name == "admin" {
		if one.URL, err = w.withKey(ctx, one.URL); err != nil {
			return err
		}
	}
	if o.json {
		return printJSON(w.Out, one)
	}
	fmt.Fprintln(w.Out, one.URL)
	if o.print {
		return nil
	}
	command := w.browser()
	if command == nil {
		fmt.Fprintln(w.Err, "there is no browser here; open the address where there is one")
		return nil
	}
	cmd := exec.CommandContext(ctx, command[0], append(command[1:], one.URL)...)
	cmd.Stderr = w.Err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot open it with %s: %w", command[0], err)
	}
	return nil
}

// browser is the command that opens an address, nil where there is none.
func (w *World) browser() []string {
	if b := strings.Fields(w.Getenv("BROWSER")); len(b) > 0 {
		return b
	}
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	} else if w.Getenv("DISPLAY") == "" && w.Getenv("WAYLAND_DISPLAY") == "" {
		return nil
	}
	if _, err := exec.LookPath(name); err != nil {
		return nil
	}
	return []string{name}
}
