package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type configShowOptions struct {
	listing
	reveal bool
}

func newConfigShow(w *World) *cobra.Command {
	o := configShowOptions{}
	cmd := &cobra.Command{
		Use: "show [SLOT]", Short: "Every setting of a slot, or of all, with what holds where nothing is set",
		Example: "  slot config show a\n  slot config show a --reveal\n  slot config show --json",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: slotNames,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), w, args) },
	}
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "show the values of secrets too")
	o.flags(cmd, "print the settings as JSON")
	return cmd
}

func (o *configShowOptions) run(ctx context.Context, w *World, args []string) error {
	names := slot.Names()
	if len(args) == 1 {
		n, err := slot.ParseName(args[0])
		if err != nil {
			return err
		}
		names = []slot.Name{n}
	}
	s, err := w.settings()
	if err != nil {
		return err
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	cfg, err := c.Config(ctx)
	if err != nil {
		return err
	}
	var all []slot.Setting
	for _, n := range names {
		all = append(all, shownSettings(&cfg, n, s.Port(cfg, n), o.reveal)...)
	}
	if o.json {
		return printJSON(w.Out, all)
	}
	header, rows := settingsTable(all, len(names) == 1)
	return printTable(w.Out, header, rows)
}

// shownSettings are the settings of a slot with its port, and without the
// values of secrets unless they are asked for.
func shownSettings(cfg *slot.Config, n slot.Name, port int, reveal bool) []slot.Setting {
	all := cfg.Settings(n)
	for i, s := range all {
		switch {
		case s.Default && s.Path == string(n)+".port":
			all[i].Value, all[i].Note = port, ""
		case !reveal:
			all[i].Value = hidden(s.Path, s.Value)
		}
	}
	return all
}

// hidden is the value of a setting for people: stars for a secret, a
// repository's address without its password.
func hidden(path string, v any) any {
	text, ok := v.(string)
	switch {
	case !ok:
		return v
	case slot.SecretSetting(path, text):
		return stars
	case strings.HasSuffix(path, ".repository") && strings.Count(path, ".") == 1:
		return slot.RedactAddress(text)
	}
	return v
}

// settingsTable has a row for each setting; of a slot of which nothing is set
// it has one, unless that slot alone is asked for.
func settingsTable(all []slot.Setting, whole bool) (header []string, rows [][]string) {
	for len(all) > 0 {
		n, _, _ := strings.Cut(all[0].Path, ".")
		end := slices.IndexFunc(all, func(s slot.Setting) bool { return !strings.HasPrefix(s.Path, n+".") })
		if end < 0 {
			end = len(all)
		}
		of := all[:end]
		all = all[end:]
		if !whole && !slices.ContainsFunc(of, func(s slot.Setting) bool { return !s.Default }) {
			rows = append(rows, []string{n, "(nothing is set)", "default"})
			continue
		}
		for _, s := range of {
			row := []string{s.Path, valueText(s.Value), "set"}
			if s.Default {
				row[2] = "default"
			}
			if s.Note != "" {
				row[1] = "(" + s.Note + ")"
			}
			rows = append(rows, row)
		}
	}
	return []string{"SETTING", "VALUE", "FROM"}, rows
}

// valueText writes a value on one line, quoted where it would break the line
// or reach the terminal as a command.
func valueText(v any) string {
	text, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		text = strings.Trim(string(b), `"`) // durations are texts
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return strconv.Quote(text)
	}
	return text
}
