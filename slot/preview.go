package slot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PreviewConfig sets slots aside for the pull requests of a repository.
type PreviewConfig struct {
	Repository string `json:"repository"`      // its address, which is also what is fetched
	Slots      []Name `json:"slots"`           // set aside: nothing else runs there
	Label      string `json:"label,omitempty"` // only pull requests that bear it; all
	From       Name   `json:"from,omitempty"`  // the slot whose settings and variables they get; none
	Forks      bool   `json:"forks,omitempty"` // those from forks too, without variables
	Evict      bool   `json:"evict,omitempty"` // when no slot is free, the one that was quiet longest makes room
}

// PullRequest is what a host tells of one. Its texts come from outside.
type PullRequest struct {
	Repository string   `json:"repository"` // full name
	Host       string   `json:"host,omitempty"`
	Number     int      `json:"number"`
	Action     string   `json:"action"` // in the host's words
	Title      string   `json:"title,omitempty"`
	Author     string   `json:"author,omitempty"`
	Commit     string   `json:"commit,omitempty"` // its newest
	Ref        string   `json:"ref,omitempty"`    // what its host keeps it under; refs/pull/NUMBER/head
	Labels     []string `json:"labels,omitempty"`
	Fork       bool     `json:"fork,omitempty"`   // its branch is in another repository
	Closed     bool     `json:"closed,omitempty"` // merged or not
}

// Preview is the pull request that a slot shows.
type Preview struct {
	Repository string       `json:"repository"`     // full name
	Host       string       `json:"host,omitempty"` // of its page, where that is known
	Number     int          `json:"number"`
	Title      string       `json:"title,omitempty"`
	Author     string       `json:"author,omitempty"`
	Fork       bool         `json:"fork,omitempty"`
	Ref        string       `json:"ref,omitempty"` // what is fetched; refs/pull/NUMBER/head
	Since      time.Time    `json:"since"`
	Updated    time.Time    `json:"updated"` // by its newest commit
	Phase      PreviewPhase `json:"phase,omitempty"`
}

// PreviewPhase is what is still to be done for a preview.
type PreviewPhase string

// The phases; none is the usual one.
const (
	PreviewOpening PreviewPhase = "opening" // the slot is emptied, then the preview is deployed
	PreviewClosing PreviewPhase = "closing" // the slot is emptied and free again
)

// maxPreviews bounds the list: more repositories than slots cannot have one.
const maxPreviews = 5

func (c *Config) validatePreviews() error {
	taken := map[Name]bool{}
	if len(c.Previews) > maxPreviews {
		return usage("previews", fmt.Sprintf("%d of them", len(c.Previews)), "5 at most")
	}
	for i, p := range c.Previews {
		at := fmt.Sprintf("previews[%d]", i)
		if r, err := ParseRepository(p.Repository); err != nil {
			return fmt.Errorf("%s.repository: %w", at, err)
		} else if r.Local {
			return usage(at+".repository", fmt.Sprintf("%q", p.Repository), "an address: a folder has no pull requests")
		}
		if len(p.Slots) == 0 {
			return usage(at+".slots", "empty", "one slot or more, such as d")
		}
		for _, n := range p.Slots {
			switch {
			case !n.Valid():
				return usage(at+".slots", fmt.Sprintf("%q", n), "some of a, b, c, d and e")
			case taken[n]:
				return usage(at+".slots", fmt.Sprintf("%q", n), "each slot once")
			}
			taken[n] = true
		}
		if p.From != "" && (!p.From.Valid() || slices.Contains(p.Slots, p.From)) {
			return usage(at+".from", fmt.Sprintf("%q", p.From), "a slot that is not set aside")
		}
		if len(p.Label) > 100 {
			return usage(at+".label", "long", "100 characters at most")
		}
	}
	return nil
}

// PreviewSettings returns the settings of a repository's previews.
func (c *Config) PreviewSettings(host, fullName string) (PreviewConfig, bool) {
	for _, p := range c.Previews {
		if IsRepository(p.Repository, host, fullName) {
			return p, true
		}
	}
	return PreviewConfig{}, false
}

// SetAside reports whether a slot is for previews.
func (c *Config) SetAside(n Name) bool {
	return slices.ContainsFunc(c.Previews, func(p PreviewConfig) bool { return slices.Contains(p.Slots, n) })
}

// ForPreview is the configuration of a slot that shows a pull request: that of
// the slot it is like, with the commit of the pull request in place of a
// branch. own is what the slot has itself, of which its address stays. A fork
// gets no variables, not the shared database, and always the strict sandbox: its
// author could read what these keep, and leave something in what slots share.
func (p PreviewConfig) ForPreview(like, own SlotConfig, v Preview) SlotConfig {
	c := SlotConfig{}
	if p.From != "" {
		c = like
	}
	if v.Fork {
		c.Environment = nil
		if c.Database == DatabaseShared {
			c.Database = DatabaseOwn
		}
		c.Sandbox = SandboxStrict
	}
	no := false
	c.Repository, c.Branch = p.Repository, cmp.Or(v.Ref, fmt.Sprintf("refs/pull/%d/head", v.Number))
	c.Subdomain, c.Port, c.AppPort = own.Subdomain, own.Port, 0
	c.Deployment.OnPush, c.Deployment.WatchPaths = &no, nil
	return c
}

// MergeRequestRef is what GitLab keeps a merge request under.
func MergeRequestRef(number int) string { return fmt.Sprintf("refs/merge-requests/%d/head", number) }

// PullRef is what a host keeps a pull request under, as far as its name tells;
// "" is refs/pull/NUMBER/head.
func PullRef(host string, number int) string {
	if strings.Contains(host, "gitlab") {
		return MergeRequestRef(number)
	}
	return ""
}

// Emptied is the configuration of a slot that shows no pull request any more.
func (s SlotConfig) Emptied() SlotConfig { return SlotConfig{Subdomain: s.Subdomain, Port: s.Port} }
