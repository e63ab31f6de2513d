package webhook

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// OpenPreview shows a pull request because a person wants it, also one from a
// fork. Without trust it gets no variables: whoever wrote it could read them.
// repository is an address or a name; "" where only one has slots set aside.
func (r *Receiver) OpenPreview(repository string, number int, trust bool) (slot.Decision, error) {
	r.pulls.Lock()
	defer r.pulls.Unlock()
	settings, err := r.settingsOf(repository)
	if err != nil {
		return slot.Decision{}, err
	}
	states := r.states()
	p := slot.PullRequest{Repository: slot.FullName(settings.Repository), Host: slot.RepositoryHost(settings.Repository), Number: number, Fork: !trust}
	p.Ref = slot.PullRef(p.Host, number)
	at := place{slot: shownOf(settings, number, states), verdict: slot.VerdictDeploy}
	if at.slot == "" {
		at = choose(settings, r.Store.Config(), states)
	} else {
		v := states[at.slot].Preview
		p.Repository, p.Host, p.Ref, p.Title, p.Author, p.Fork = v.Repository, v.Host, v.Ref, v.Title, v.Author, v.Fork && !trust
	}
	if at.slot == "" {
		return slot.Decision{}, slot.E(slot.KindFailed, "slot preview close NUMBER frees one", errors.New(at.reason))
	}
	return r.show(p, at)
}

// ClosePreview frees the slot of a pull request because a person wants it.
func (r *Receiver) ClosePreview(repository string, number int) (slot.Decision, error) {
	r.pulls.Lock()
	defer r.pulls.Unlock()
	settings, err := r.settingsOf(repository)
	if err != nil {
		return slot.Decision{}, err
	}
	n := shownOf(settings, number, r.states())
	if n == "" {
		return slot.Decision{}, slot.E(slot.KindNotFound, "slot preview shows those that are", fmt.Errorf("no slot shows #%d", number))
	}
	return slot.Decision{Slot: n, Verdict: slot.VerdictFree}, r.release(n)
}

// EnablePreviews sets slots aside for the pull requests of a repository, or
// changes how that is done.
func (r *Receiver) EnablePreviews(p slot.PreviewConfig) error {
	return r.Store.UpdateConfig(func(c *slot.Config) error {
		for _, n := range p.Slots {
			if s, ok := c.Slots[n]; ok && s.Repository != "" && r.Store.State(n).Preview == nil {
				return slot.E(slot.KindUsage, "choose a slot that is empty", fmt.Errorf("slot %s has an app of its own", n))
			}
		}
		c.Previews = slices.DeleteFunc(c.Previews, func(old slot.PreviewConfig) bool { return old.Repository == p.Repository })
		c.Previews = append(c.Previews, p)
		return nil
	})
}

// DisablePreviews ends that, and frees the slots.
func (r *Receiver) DisablePreviews(repository string) error {
	r.pulls.Lock()
	defer r.pulls.Unlock()
	settings, err := r.settingsOf(repository)
	if err != nil {
		return err
	}
	err = r.Store.UpdateConfig(func(c *slot.Config) error {
		c.Previews = slices.DeleteFunc(c.Previews, func(p slot.PreviewConfig) bool { return p.Repository == settings.Repository })
		return nil
	})
	for n, s := range r.states() {
		if err == nil && s.Preview != nil && slices.Contains(settings.Slots, n) {
			err = r.release(n)
		}
	}
	return err
}

// settingsOf finds the settings of a repository, by its address or name.
func (r *Receiver) settingsOf(repository string) (slot.PreviewConfig, error) {
	all := r.Store.Config().Previews
	for _, p := range all {
		if repository == "" && len(all) == 1 || p.Repository == repository || slot.IsRepository(p.Repository, "", repository) {
			return p, nil
		}
	}
	if repository == "" && len(all) > 1 {
		return slot.PreviewConfig{}, slot.E(slot.KindUsage, "--repository says which", errors.New("several repositories have slots set aside"))
	}
	return slot.PreviewConfig{}, slot.E(slot.KindUsage, "slot preview enable ADDRESS --slots d,e",
		fmt.Errorf("no slot is set aside for pull requests%s", strings.TrimSuffix(" of "+repository, " of ")))
}

// shownOf is the slot that shows a pull request of the settings' repository.
func shownOf(settings slot.PreviewConfig, number int, states map[slot.Name]slot.SlotState) slot.Name {
	for _, n := range settings.Slots {
		if v := states[n].Preview; v != nil && v.Number == number && v.Phase != slot.PreviewClosing && slot.IsRepository(settings.Repository, "", v.Repository) {
			return n
		}
	}
	return ""
}
