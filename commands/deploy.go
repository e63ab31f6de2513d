package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
)

type deployOptions struct {
	branch    string
	all       bool
	noCache   bool
	ifChanged bool
	act       actOptions
}

func newDeploy(w *World) *cobra.Command {
	o := deployOptions{}
	cmd := &cobra.Command{
		Use:   "deploy SLOT [REPOSITORY|FOLDER]",
		Short: "Build a repository or folder, check it, switch to it",
		Long: `Fetches the repository, builds it, starts it beside the running release, checks
that it answers, and only then switches the slot's traffic to it. When anything
before the switch fails the running release goes on as if nothing had happened.

The repository and branch are remembered: "slot deploy a" does it again.
Starts slot when it does not run. Ctrl+C cancels.`,
		Example: `  slot deploy a https://github.com/you/app
  slot deploy a https://github.com/you/app --branch dev
  slot deploy a .                  # this folder as it is, commits or not
  slot deploy a                    # again
  slot deploy a --if-changed       # unless the live release is as new
  slot deploy --all`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: completeDeploy,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), w, args)
		},
	}
	cmd.Flags().StringVarP(&o.branch, "branch", "b", "", "branch, tag or commit (default: the repository's own)")
	cmd.Flags().BoolVar(&o.all, "all", false, "every slot that has a repository")
	cmd.Flags().BoolVar(&o.noCache, "no-cache", false, "build without what earlier builds left")
	cmd.Flags().BoolVar(&o.ifChanged, "if-changed", false, "skip it when the commit is live already, or changed nothing in deployment.watch_paths")
	_ = cmd.RegisterFlagCompletionFunc("branch", w.completeBranches) // the flag is declared above
	o.act.flags(cmd)
	return cmd
}

func (o *deployOptions) run(ctx context.Context, w *World, args []string) error {
	names, err := targets(args, o.all)
	if err != nil {
		return err
	}
	repository := ""
	if len(args) == 2 {
		if repository, err = sourceArgument(args[1]); err != nil {
			return err
		}
	}
	if o.branch != "" {
		if err := slot.ValidateRef(o.branch); err != nil {
			return err
		}
	}
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	all, err := c.Status(ctx)
	if err != nil {
		return err
	}
	var reqs []slot.Request
	for _, n := range names {
		configured := all[n.Index()].Configured
		if o.all && !configured {
			continue
		}
		if repository == "" && !configured && w.interactive() {
			if repository, err = w.ask(fmt.Sprintf("What should slot %s run?", n),
				"a repository such as https://github.com/you/app, or a folder such as .", "", checkSource); err != nil {
				return err
			}
			if repository, err = sourceArgument(repository); err != nil {
				return err
			}
		}
		reqs = append(reqs, slot.Request{
			Slot: n, Action: slot.ActionDeploy, Trigger: "cli",
			Repository: repository, Branch: o.branch, NoCache: o.noCache, IfChanged: o.ifChanged,
		})
	}
	if len(reqs) == 0 {
		return slot.E(slot.KindUsage, "slot deploy a https://github.com/you/app", fmt.Errorf("no slot has a repository yet"))
	}
	return o.act.run(ctx, w, c, reqs)
}

// sourceArgument makes a folder absolute and leaves an address as it is.
func sourceArgument(s string) (string, error) {
	if rest, is := strings.CutPrefix(s, "~/"); is { // no shell saw it: typed at a prompt, or after a =
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		s = filepath.Join(home, rest)
	}
	if isFolder(s) {
		dir, err := filepath.Abs(s)
		if err != nil {
			return "", err
		}
		if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
			return "", slot.E(slot.KindUsage, "give a folder, or an address such as https://github.com/you/app",
				fmt.Errorf("cannot deploy %q: there is no such folder", s))
		}
		return dir, nil
	}
	if _, err := slot.ParseRepository(s); err != nil {
		return "", err
	}
	return s, nil
}

func checkSource(s string) error {
	_, err := sourceArgument(s)
	return err
}

// isFolder tells a path from an address: a path begins with . or / or names a
// folder that is there.
func isFolder(s string) bool {
	return strings.HasPrefix(s, ".") || strings.HasPrefix(s, "/") || isThere(s)
}

func isThere(dir string) bool {
	fi, err := os.Stat(dir)
	return err == nil && fi.IsDir()
}

func completeDeploy(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return slotNames(cmd, args, part)
}
