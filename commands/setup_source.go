package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/git"
	"github.com/slot-paas/slot/internal/github"
	"github.com/slot-paas/slot/slot"
)

// list finds the user's repositories on GitHub, to be offered.
func (t *setupTalk) list(ctx context.Context) {
	if t.token == "" {
		fmt.Fprintln(t.w.Err, "With GITHUB_TOKEN or gh auth login your repositories on GitHub would be offered here.")
		return
	}
	gh, err := github.New(t.w.Getenv("GITHUB_API_URL"), t.token)
	if err == nil {
		t.listed, err = gh.Repositories(ctx)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(t.w.Err, "Your repositories on GitHub are not known: %v\n", err)
	}
}

// source asks what a slot shall run until that can be reached.
func (t *setupTalk) source(ctx context.Context, n slot.Name) (s setupSlot, err error) {
	was := t.here.config.Slots[n]
	s.Slot = n
	for {
		address, err := t.repository(n, was.Repository)
		if err != nil {
			return s, err
		}
		s.Repository = address
		refs, err := t.reach(ctx, &s)
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		if err == nil {
			if s.Repository == was.Repository {
				s.Branch = was.Branch
			}
			return s, t.branch(&s, refs)
		}
		e := slot.AsError(err)
		fmt.Fprintf(t.w.Err, "  %v\n", dash(e.Error()))
		if e.Hint != "" {
			fmt.Fprintf(t.w.Err, "  try: %s\n", dash(e.Hint))
		}
	}
}

// repository asks for an address or a folder; where the user's repositories
// are known they are offered first.
func (t *setupTalk) repository(n slot.Name, was string) (string, error) {
	question := fmt.Sprintf("What should slot %s run?", n)
	if len(t.listed) > 0 {
		answer, err := t.offer(question, was)
		if answer != "" || err != nil {
			return answer, err
		}
	}
	// A password in the address is not shown, and stays when Enter is pressed.
	answer, err := t.w.ask(question, "a repository such as https://github.com/you/app, or a folder such as .", slot.RedactAddress(was), func(s string) error {
		if s == slot.RedactAddress(was) && was != "" {
			return nil
		}
		return checkSource(s)
	})
	if err != nil || answer == slot.RedactAddress(was) {
		return was, err
	}
	return sourceArgument(answer)
}

// offer lets one of the known ones be picked; "" for another.
func (t *setupTalk) offer(question, was string) (string, error) {
	var options, addresses []string
	if was != "" {
		options, addresses = append(options, slot.RedactAddress(was)+"  (as it is set)"), append(addresses, was)
	}
	for _, r := range t.listed {
		if r.HTTPS != was {
			options, addresses = append(options, dash(r.Name)), append(addresses, r.HTTPS)
		}
	}
	options = append(options, "another address, or a folder")
	at, err := t.w.pick(question, "those of yours on GitHub that were pushed last; type to find one", options, 0)
	if err != nil || at == len(addresses) {
		return "", err
	}
	return addresses[at], nil
}

// reach asks the repository what it has. One of GitHub's that wants a login by
// https is tried by ssh.
func (t *setupTalk) reach(ctx context.Context, s *setupSlot) (refs git.Refs, err error) {
	repo, err := slot.ParseRepository(s.Repository)
	if err != nil || repo.Local {
		return refs, err
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	if refs, err = t.here.git.Refs(ctx, repo.Address); err == nil {
		return refs, nil
	}
	i := slices.IndexFunc(t.listed, func(r github.Repository) bool { return r.HTTPS == s.Repository })
	if i < 0 || t.listed[i].SSH == "" {
		return refs, err
	}
	bySSH, refused := t.here.git.Refs(ctx, t.listed[i].SSH)
	if refused != nil {
		return refs, err
	}
	s.Repository = t.listed[i].SSH
	return bySSH, nil
}

// branch asks which one, where there is a choice. What is set may as well be a
// tag or a commit.
func (t *setupTalk) branch(s *setupSlot, refs git.Refs) error {
	names, head := refs.Branches()
	if len(names) < 2 {
		return nil
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == s.Branch })
	options := []string{"its default branch", s.Branch}
	if head != "" {
		options[0] += " (" + head + ")"
	}
	if s.Branch == "" {
		options = options[:1]
	}
	options = append(options, names...)
	at, err := t.w.pick(fmt.Sprintf("Which branch of %s?", lastWordOf(s.Repository)), "a push to it deploys", options, len(options)-len(names)-1)
	switch {
	case err != nil:
		return err
	case at == 0:
		s.Branch = ""
	default:
		s.Branch = options[at]
	}
	return nil
}

// lastWordOf is the short name of a repository.
func lastWordOf(address string) string {
	return dash(strings.TrimSuffix(address[strings.LastIndexAny(address, "/:")+1:], ".git"))
}
