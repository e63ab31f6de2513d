package commands

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

func newCache(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "What builds keep for the next ones, and how to clear it",
		Long: `Builds keep what takes long to make: installed dependencies for each slot, and
package managers' downloads for all. What was not used for longest goes by itself
above a limit: SLOT_CACHE_LIMIT for a slot, SLOT_SHARED_CACHE_LIMIT for all.`,
	}
	cmd.AddCommand(newCacheList(w), newCacheClear(w))
	return cmd
}

func newCacheList(w *World) *cobra.Command {
	o := listing{}
	cmd := &cobra.Command{
		Use: "list", Short: "Caches with their sizes",
		Example: "  slot cache list\n  slot cache list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := w.connect()
			if err != nil {
				return err
			}
			all, err := c.Caches(cmd.Context())
			if err != nil {
				return err
			}
			if o.json {
				return printJSON(w.Out, all)
			}
			header, rows := cacheTable(all, time.Now())
			if err := printTable(w.Out, header, rows); err != nil {
				return err
			}
			if len(all) == 0 {
				fmt.Fprintln(w.Err, "no build has left anything yet")
			}
			return nil
		},
	}
	o.flags(cmd, "print the caches as JSON")
	return cmd
}

func cacheTable(all []slot.Cache, now time.Time) (header []string, rows [][]string) {
	for _, c := range all {
		state := "idle"
		if c.InUse {
			state = "in use"
		}
		rows = append(rows, []string{ownerOf(c), c.Hook, size(c.Bytes), size(c.Limit), age(c.UsedAt, now), state})
	}
	return []string{"OF", "HOOK", "SIZE", "LIMIT", "LAST USE", "STATE"}, rows
}

// ownerOf is the slot of a cache, or "all".
func ownerOf(c slot.Cache) string {
	if c.Slot == "" {
		return "all"
	}
	return string(c.Slot)
}
