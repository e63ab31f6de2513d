package commands

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

type urlOptions struct{ listing }

func newURL(w *World) *cobra.Command {
	o := urlOptions{}
	cmd := &cobra.Command{
		Use:   "url [SLOT|admin|webhook|pgadmin]",
		Short: "The address of a slot, or of all",
		Long: `Prints the address of a slot, of the admin, of the webhook's receiver or of pgAdmin;
without a name all of them. In a Coder workspace that is the public address, with
the slot's subdomain; elsewhere the one on this machine. Needs no daemon.`,
		Example: "  slot url a\n  curl \"$(slot url a)/healthz\"\n  slot url --json",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: completePlaces,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(w, args) },
	}
	o.flags(cmd, "print name and address as JSON")
	return cmd
}

func (o *urlOptions) run(w *World, args []string) error {
	all, err := w.addresses()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		one, err := find(all, args[0])
		if err != nil {
			return err
		}
		if o.json {
			return printJSON(w.Out, one)
		}
		_, err = fmt.Fprintln(w.Out, one.URL)
		return err
	}
	if o.json {
		return printJSON(w.Out, all)
	}
	var rows [][]string
	for _, a := range all {
		rows = append(rows, []string{a.Name, a.URL})
	}
	header := []string{"NAME", "ADDRESS"}
	if o.wide {
		header, rows = widened(header, rows, []string{"LOCAL"}, func(i int) []string { return []string{all[i].Local} })
	}
	return printTable(w.Out, header, rows)
}

// address is where something of slot's is reached.
type address struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Local string `json:"local"` // on this machine
}

// addresses are those of the slots, then of the doors beside them, which have
// their names as subdomains in the template.
func (w *World) addresses() ([]address, error) {
	where, err := w.settings()
	if err != nil {
		return nil, err
	}
	cfg := store.LastGoodConfig(store.Layout{Home: where.Home})
	var all []address
	for _, n := range slot.Names() {
		all = append(all, address{string(n), where.URL(cfg, n), local(where.Port(cfg, n))})
	}
	for _, d := range doors(where) {
		if d.port != 0 {
			all = append(all, address{d.name, where.Address(d.name, d.port), local(d.port)})
		}
	}
	return all, nil
}

type door struct {
	name string
	port int // 0: closed
}

func doors(where settings.Settings) []door {
	return []door{{"admin", where.AdminPort}, {"webhook", where.WebhookPort}, {"pgadmin", where.PgAdminPort}}
}

func local(port int) string { return fmt.Sprintf("http://127.0.0.1:%d", port) }

func find(all []address, name string) (address, error) {
	for _, a := range all {
		if strings.EqualFold(a.Name, name) {
			return a, nil
		}
	}
	return address{}, slot.E(slot.KindNotFound, "the slots are a, b, c, d and e; then there are admin, webhook and pgadmin",
		fmt.Errorf("nothing of slot's is called %q", name))
}

func completePlaces(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	names, directive := slotNames(cmd, args, part)
	if len(args) == 0 {
		names = append(names, "admin", "webhook", "pgadmin")
	}
	return names, directive
}
