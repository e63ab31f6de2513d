package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type configExportOptions struct{ secrets bool }

func newConfigExport(w *World) *cobra.Command {
	o := configExportOptions{}
	cmd := &cobra.Command{
		Use: "export [FILE]", Short: "Write the configuration for another workspace, without secrets",
		Long: `Writes the configuration to a new file or to standard output. Values that look
secret are left out and named in "left_out"; "slot config import" keeps those that
it finds where it runs, and says which are to be set. With --with-secrets the
export is a slots.json like any other.`,
		Example: "  slot config export slots-export.json\n  slot config export | ssh other slot config import - --yes",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.secrets, "with-secrets", false, "write the values of secrets too")
	return cmd
}

// exported is a slots.json that says what is missing in it.
type exported struct {
	Version int                           `json:"version"`
	LeftOut []string                      `json:"left_out,omitempty"`
	Slots   map[slot.Name]slot.SlotConfig `json:"slots"`
}

func (o *configExportOptions) run(ctx context.Context, w *World, args []string) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	cfg, err := c.Config(ctx)
	if err != nil {
		return err
	}
	out := exported{Version: cfg.Version, Slots: cfg.Slots}
	if !o.secrets {
		out.LeftOut = leaveOutSecrets(cfg)
	}
	if len(args) == 0 {
		err = printJSON(w.Out, out)
	} else {
		err = writeNew(args[0], func(f io.Writer) error { return printJSON(f, out) })
	}
	if err != nil {
		return err
	}
	if len(out.LeftOut) > 0 {
		fmt.Fprintf(w.Err, "left out, as they look secret: %s\n  --with-secrets writes them too\n", strings.Join(out.LeftOut, ", "))
	}
	return nil
}

// leaveOutSecrets takes the secret values out of the configuration and
// returns their paths.
func leaveOutSecrets(cfg slot.Config) (paths []string) {
	for _, n := range slot.Names() {
		s := cfg.Slots[n]
		s.Environment = maps.Clone(s.Environment)
		for _, setting := range cfg.Settings(n) {
			if slot.SecretSetting(setting.Path, setting.Value) {
				paths = append(paths, setting.Path)
				delete(s.Environment, strings.TrimPrefix(setting.Path, string(n)+".environment."))
			}
		}
		if address := slot.RedactAddress(s.Repository); address != s.Repository {
			paths = append(paths, string(n)+".repository")
			s.Repository = address
		}
		cfg.Slots[n] = s
	}
	return paths
}

// writeNew writes a file that must not be there yet, for nobody else to read.
func writeNew(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return slot.E(slot.KindUsage, "name another file, or move that one away", fmt.Errorf("cannot write %q: it is there already", path))
	}
	if err != nil {
		return slot.E(slot.KindUsage, "", fmt.Errorf("cannot write %q: %w", path, errors.Unwrap(err)))
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write %q: %w", path, err), os.Remove(path))
	}
	return nil
}
