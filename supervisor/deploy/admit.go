package deploy

import (
	"fmt"

	"github.com/slot-paas/slot/slot"
)

// admit completes a request and refuses what cannot work.
func (l *lane) admit(req *slot.Request) error {
	broken := l.e.Store.Reload()
	state := l.e.Store.State(l.name)
	switch req.Action {
	case slot.ActionDeploy:
		if broken != nil {
			return broken
		}
		return l.admitDeploy(req)
	case slot.ActionRollback:
		return l.admitRollback(req, state)
	case slot.ActionPromote:
		if broken != nil {
			return broken // the slot's variables stand there
		}
		return l.admitPromotion(req)
	case slot.ActionRestart, slot.ActionStart, slot.ActionConfig:
		if state.Release == 0 {
			return slot.E(slot.KindNotFound, fmt.Sprintf("slot deploy %s https://github.com/you/app", l.name),
				fmt.Errorf("nothing was deployed to slot %s yet", l.name))
		}
		return nil
	}
	return slot.E(slot.KindUsage, "", fmt.Errorf("unknown action %q", req.Action))
}

// admitDeploy fills in what the slot is configured with.
func (l *lane) admitDeploy(req *slot.Request) error {
	cfg := l.e.Store.Config().Slots[l.name]
	if req.Repository == "" {
		req.Repository = cfg.Repository
	}
	if req.Repository == "" {
		return slot.E(slot.KindUsage, fmt.Sprintf("slot deploy %s https://github.com/you/app, or slot deploy %s . for this folder", l.name, l.name),
			fmt.Errorf("slot %s has no repository", l.name))
	}
	if req.Branch == "" && req.Repository == cfg.Repository {
		req.Branch = cfg.Branch
	}
	if _, err := slot.ParseRepository(req.Repository); err != nil {
		return err
	}
	if req.Branch != "" {
		return slot.ValidateRef(req.Branch)
	}
	return nil
}

// admitRollback chooses the release before the live one where none is named.
func (l *lane) admitRollback(req *slot.Request, state slot.SlotState) error {
	if req.Release == 0 {
		for _, r := range l.e.Store.Releases(l.name) {
			if r.ID < state.Release {
				req.Release = r.ID // oldest first: the last one below wins
			}
		}
		if req.Release == 0 {
			return slot.E(slot.KindNotFound, fmt.Sprintf("slot releases %s", l.name),
				fmt.Errorf("slot %s has no release before %d", l.name, state.Release))
		}
	}
	_, err := l.e.Store.Release(l.name, req.Release)
	return err
}
