package webhook

import "github.com/slot-paas/slot/slot"

// parseMergeRequest reads what GitLab tells of a merge request.
// https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events
func parseMergeRequest(payload []byte) (*slot.PullRequest, error) {
	var g struct {
		User    struct{ Username string }
		Project struct {
			Path   string `json:"path_with_namespace"`
			WebURL string `json:"web_url"`
		}
		Labels     []struct{ Title string }
		Attributes struct {
			Number          int `json:"iid"`
			Title           string
			State           string              // opened, closed, locked, merged
			Action          string              // not in every event
			SourceProjectID *int64              `json:"source_project_id"` // nil where the fork was deleted
			TargetProjectID int64               `json:"target_project_id"`
			LastCommit      struct{ ID string } `json:"last_commit"`
		} `json:"object_attributes"`
	}
	if err := decode(payload, &g); err != nil {
		return nil, err
	}
	a := g.Attributes
	if a.Number < 1 || g.Project.Path == "" || len(g.Project.Path) > 300 || !commitForm.MatchString(a.LastCommit.ID) {
		return nil, errMalformed
	}
	p := &slot.PullRequest{
		Repository: clean(g.Project.Path, 300), Host: clean(hostName(g.Project.WebURL), 255), Number: a.Number,
		Action: clean(a.Action, 50), Title: clean(a.Title, 200), Author: clean(g.User.Username, 100),
		Commit: a.LastCommit.ID, Ref: slot.MergeRequestRef(a.Number), Closed: a.State == "closed" || a.State == "merged",
		Fork: a.SourceProjectID == nil || *a.SourceProjectID != a.TargetProjectID,
	}
	for _, l := range g.Labels {
		if len(p.Labels) < maxLabels {
			p.Labels = append(p.Labels, clean(l.Title, 100))
		}
	}
	return p, nil
}
