package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// completeTree gives what the commands have in common to all of them: slots are
// shown with what is in them, a number has no file to offer.
func (w *World) completeTree(cmd *cobra.Command) {
	if f := cmd.ValidArgsFunction; f != nil {
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
			found, directive := f(cmd, args, part)
			return w.describeSlots(cmd.Context(), found), directive
		}
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if t := f.Value.Type(); t != "int" && t != "int64" && t != "duration" {
			return
		}
		if known, _ := cmd.GetFlagCompletionFunc(f.Name); known == nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions) // it has none yet
		}
	})
	for _, sub := range cmd.Commands() {
		w.completeTree(sub)
	}
}

// describeSlots says beside a bare slot what is in it, where slot runs.
func (w *World) describeSlots(ctx context.Context, found []string) []string {
	bare := func(text string) bool { return len(text) == 1 && slices.Contains(slot.Names(), slot.Name(text)) }
	if !slices.ContainsFunc(found, bare) {
		return found
	}
	c, err := w.connect()
	if err != nil {
		return found
	}
	all, _ := c.Status(ctx) // no daemon, nothing to tell
	for i, text := range found {
		for _, s := range all {
			if bare(text) && string(s.Slot) == text {
				found[i] = text + "\t" + strings.TrimSpace(stateWord(s)+" "+appOf(s.Source.Repository))
			}
		}
	}
	return found
}

// appOf is the last word of a repository's address.
func appOf(repository string) string {
	if repository == "" {
		return ""
	}
	return strings.TrimSuffix(filepath.Base(slot.RedactAddress(repository)), ".git")
}

// branchesTimeout is how long a person waits for a key to answer.
const branchesTimeout = 3 * time.Second

// completeBranches completes the branches of the repository that a command
// names, or else of the slot's.
func (w *World) completeBranches(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	address := ""
	if len(args) > 1 {
		address, _ = sourceArgument(args[1]) // nothing to complete otherwise
	} else if len(args) == 1 {
		if n, err := slot.ParseName(args[0]); err == nil {
			address = w.repositoryOf(cmd.Context(), n)
		}
	}
	if address == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), branchesTimeout)
	defer cancel()
	refs, err := w.git().Refs(ctx, address)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, head := refs.Branches()
	for i, name := range names {
		if name == head {
			names[i] = name + "\tthe repository's own"
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// repositoryOf is the one that is configured, "" for none.
func (w *World) repositoryOf(ctx context.Context, n slot.Name) string {
	c, err := w.connect()
	if err != nil {
		return ""
	}
	cfg, err := c.Config(ctx)
	if err != nil {
		return ""
	}
	return cfg.Slots[n].Repository
}

// completeRepositories completes the repositories that slots have.
func (w *World) completeRepositories(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, n := range slot.Names() {
		if r := w.repositoryOf(cmd.Context(), n); r != "" && len(args) == 0 {
			out = append(out, slot.RedactAddress(r)+"\tslot "+string(n))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completePulls completes the pull requests that are shown.
func (w *World) completePulls(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if c, err := w.connect(); err == nil && len(args) == 0 {
		all, _ := c.Previews(cmd.Context()) // no daemon, nothing to complete
		for _, v := range all.Shown {
			out = append(out, fmt.Sprintf("%d\t%s, slot %s", v.Number, dash(v.Title), v.Slot))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeReleaseFlag completes the kept releases of the slot that is the first
// argument, the live one too.
func (w *World) completeReleaseFlag(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	c, err := w.connect()
	if err != nil || len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if n, err := slot.ParseName(args[0]); err == nil {
		r, _ := c.Releases(cmd.Context(), n) // no daemon, nothing to complete
		for _, rel := range r.Releases {
			out = append(out, fmt.Sprintf("%d\t%s %s", rel.ID, rel.Source.ShortCommit(), dash(rel.Source.Subject)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeDeploymentFlag completes the numbers of a slot's newest deployments.
func (w *World) completeDeploymentFlag(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return w.completeDeployments(cmd, args, part)
	}
	n, err := slot.ParseName(args[0])
	c, dialed := w.connect()
	if err != nil || dialed != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, _ := c.FindDeployments(cmd.Context(), store.Query{Slot: n, Limit: 50}) // no daemon, nothing to complete
	return deploymentNumbers(all), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// existing reports whether a file is there.
func existing(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
