package commands

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/store"
)

// accessTimeout is how long a host may take to list its branches.
const accessTimeout = 20 * time.Second

// checkAccess asks each slot's repository for its branches, as a deployment
// does, with the environment of this terminal.
func checkAccess(ctx context.Context, w *World, s settings.Settings) []finding {
	if git.Installed() != nil || w.Environ == nil {
		return nil // checkGit has said so
	}
	cfg := store.LastGoodConfig(store.Layout{Home: s.Home})
	g := w.git()
	var asks []func() finding
	for _, n := range slot.Names() {
		if c := cfg.Slots[n]; c.Repository != "" {
			asks = append(asks, func() finding { return accessTo(ctx, g, n, c) })
		}
	}
	return together(asks)
}

// commitName is what git takes for a commit; whether there is one only a fetch
// tells.
var commitName = lazyregexp.New(`^[0-9a-f]{7,64}$`)

func accessTo(ctx context.Context, g *git.Git, n slot.Name, c slot.SlotConfig) finding {
	check, shown := "repository-"+string(n), slot.RedactAddress(c.Repository)
	at, err := slot.ParseRepository(c.Repository)
	if err == nil && at.Local {
		return folderFinding(check, at.Address)
	}
	ctx, cancel := context.WithTimeout(ctx, accessTimeout)
	defer cancel()
	var refs git.Refs
	if err == nil {
		refs, err = g.Refs(ctx, c.Repository)
	}
	if err == nil && ctx.Err() == nil {
		return branchFinding(check, shown, n, c.Branch, refs)
	}
	e := slot.AsError(err)
	if ctx.Err() != nil {
		return newFinding(check, problem, fmt.Sprintf("%s does not answer within %v", shown, accessTimeout), "git ls-remote "+shown+" in this terminal shows how far it comes")
	}
	return newFinding(check, problem, e.Error(), e.Hint)
}

// folderFinding judges a folder of this machine: git need not know it.
func folderFinding(check, dir string) finding {
	if _, err := os.ReadDir(dir); err != nil {
		return newFinding(check, problem, fmt.Sprintf("the folder cannot be read: %v", err), "slot deploy SLOT with the folder's new place, or an address")
	}
	return newFinding(check, healthy, dir+" is a folder of this machine", "")
}

func branchFinding(check, shown string, n slot.Name, branch string, refs git.Refs) finding {
	names, head := refs.Branches()
	if branch != "" && !refs.Has(branch) && !commitName.MatchString(branch) {
		remedy := fmt.Sprintf("slot config set %s.branch=NAME", n)
		if head != "" {
			remedy = fmt.Sprintf("slot config set %s.branch=%s, or push that branch", n, head)
		}
		return newFinding(check, problem, fmt.Sprintf("%s has no branch or tag %q", shown, branch), remedy)
	}
	if len(names) == 0 {
		return newFinding(check, problem, shown+" has no branch yet", "push one")
	}
	if branch == "" {
		branch = head
	}
	return newFinding(check, healthy, fmt.Sprintf("%s answers, at %s", shown, branch), "")
}
