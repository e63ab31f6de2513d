package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type setupOptions struct {
	slots      []string // a=ADDRESS#BRANCH
	subdomains []string // a=NAME
	database   bool
	webhook    bool
	webhookURL string
	deploy     bool
	yes        bool
	dryRun     bool
	json       bool

	given func(flag string) bool // whether the command line has it
}

func newSetup(w *World) *cobra.Command {
	o := setupOptions{}
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Set slot up: repositories, database, webhook, all in one go",
		Long: `Asks which slot shall run what, whether the apps need a database and whether a
push shall deploy them; shows what it would do, and does it when you agree: starts
slot, keeps the settings, makes database and webhook, deploys. Until you agree
nothing is changed; Ctrl+C leaves all as it was. Run again, it offers what is set.

Every question has its flag. With --yes, or where nobody can be asked, the flags
and what is set already are the answers. In a Coder workspace it also offers each
slot's subdomain; those are changed at the very end, in one build of the workspace.`,
		Example: `  slot setup
  slot setup --slot a=https://github.com/you/app --database --webhook --yes
  slot setup --slot a=https://github.com/you/app#dev --slot b=. --dry-run
  slot setup --slot a=git@github.com:you/blog --subdomain a=blog --yes`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o.given = cmd.Flags().Changed
		return o.run(cmd.Context(), w)
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.slots, "slot", nil, "a=REPOSITORY, a=REPOSITORY#BRANCH or a=FOLDER; again for the next slot")
	f.StringArrayVar(&o.subdomains, "subdomain", nil, "a=NAME, in a Coder workspace; again for the next slot")
	f.BoolVar(&o.database, "database", false, "PostgreSQL, with a database for each slot")
	f.BoolVar(&o.webhook, "webhook", false, "make the webhook on GitHub, or show what to paste")
	f.StringVar(&o.webhookURL, "webhook-url", "", "the address that hosts call, such as that of a proxy in front")
	f.BoolVar(&o.deploy, "deploy", true, "deploy the slots; --deploy=false only keeps the settings")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would be done, and do nothing")
	f.BoolVar(&o.json, "json", false, "print what was done as JSON")
	cmd.MarkFlagsMutuallyExclusive("yes", "dry-run")
	for _, name := range []string{"slot", "subdomain", "webhook-url"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions) // the flags are declared above
	}
	return cmd
}

func (o *setupOptions) run(ctx context.Context, w *World) error {
	here, err := o.look(ctx, w)
	if err != nil {
		return err
	}
	p, err := o.plan(here)
	if err != nil {
		return err
	}
	if err := o.askable(w, p); err != nil {
		return err
	}
	if w.interactive() && !o.yes {
		if err := o.ask(ctx, w, here, p); err != nil {
			return err
		}
	}
	if p.empty() {
		return slot.E(slot.KindUsage, "slot setup --slot a=https://github.com/you/app", errors.New("nothing was chosen to set up"))
	}
	if err := p.check(ctx, here); err != nil {
		return err
	}
	p.show(w.Err, here)
	if o.dryRun {
		fmt.Fprintln(w.Err, "nothing was changed: --dry-run")
		return o.print(w, p)
	}
	if err := o.agreed(w, p); err != nil {
		return err
	}
	if err := p.apply(ctx, w, here); err != nil {
		return o.failed(w, p, err)
	}
	if err := o.print(w, p); err != nil {
		return err
	}
	return p.changeSubdomains(ctx, w) // ends this terminal
}

// failed shows what came of the others. With --json the records say the rest.
func (o *setupOptions) failed(w *World, p *setupPlan, err error) error {
	if len(p.Deployments) == 0 {
		return err
	}
	if printed := o.print(w, p); printed != nil || !o.json {
		return err
	}
	fmt.Fprintf(w.Err, "slot: %v\n", err)
	return exitCode(slot.ExitCode(err))
}

// askable says which flags are missing where nobody can be asked.
func (o *setupOptions) askable(w *World, p *setupPlan) error {
	why := ""
	switch alone := !w.interactive() && !o.yes && !o.dryRun; {
	case len(p.Slots) == 0 && alone:
		why = "cannot ask what to set up: there is no terminal; give --slot and --yes"
	case alone:
		why = "cannot ask whether to do it: there is no terminal; give --yes or --dry-run"
	case len(p.Slots) == 0 && !w.interactive() || len(p.Slots) == 0 && o.yes:
		why = "no slot has a repository yet; give --slot"
	default:
		return nil
	}
	return slot.E(slot.KindUsage, "slot setup --slot a=https://github.com/you/app --yes", errors.New(why))
}

// agreed asks for the word that starts it all.
func (o *setupOptions) agreed(w *World, p *setupPlan) error {
	if o.yes {
		return nil
	}
	yes, err := w.choose("Do it?", len(p.Subdomains) == 0)
	if err == nil && !yes {
		err = slot.E(slot.KindCanceled, "", errors.New("canceled; nothing is changed"))
	}
	return err
}

func (o *setupOptions) print(w *World, p *setupPlan) error {
	if o.json {
		return printJSON(w.Out, p.redacted())
	}
	var rows [][]string
	for _, d := range p.Deployments {
		if d.State != slot.DeploymentLive && d.State != slot.DeploymentSkipped {
			continue
		}
		rows = append(rows, []string{string(d.Slot), d.URL})
	}
	return printTable(w.Out, []string{"SLOT", "ADDRESS"}, rows)
}
