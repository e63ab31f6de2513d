package webhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// mergeRequest has the shape of GitLab's documentation, with the fields that
// are read and some that are not.
func mergeRequest(number int, action, state string, source int, labels ...string) string {
	for i, l := range labels {
		labels[i] = fmt.Sprintf(`{"id":206,"title":%q,"color":"#ffffff","type":"ProjectLabel"}`, l)
	}
	return fmt.Sprintf(`{"object_kind":"merge_request","event_type":"merge_request","user":{"id":1,"name":"Ada","username":"ada"},
 "project":{"id":1,"name":"App","web_url":"https://git.example.com/group/me/app","path_with_namespace":"group/me/app","default_branch":"main"},
 "object_attributes":{"id":99,"iid":%d,"target_branch":"main","source_branch":"feature","source_project_id":%d,"target_project_id":1,
  "title":"Add it","state":%q,"merge_status":"unchecked","last_commit":{"id":%q,"title":"Add it"},"action":%q},
 "labels":[%s],"changes":{"updated_at":{}}}`, number, source, state, two, action, strings.Join(labels, ","))
}

func TestPull_GitLabsMergeRequests(t *testing.T) {
	shown := map[slot.Name]slot.Preview{"d": {Number: 3}, "e": {Number: 4}}
	for _, tt := range []struct {
		name   string
		label  string
		shown  map[slot.Name]slot.Preview
		body   string
		status int
		want   string
	}{
		{"opened", "", nil, mergeRequest(7, "open", "opened", 1), 202, "d deploy"},
		{"a commit", "", shown, mergeRequest(4, "update", "opened", 1), 202, "e deploy"},
		{"merged", "", shown, mergeRequest(3, "merge", "merged", 1), 202, "d free the pull request was closed"},
		{"closed", "", shown, mergeRequest(4, "close", "closed", 1), 202, "e free the pull request was closed"},
		{"opened again", "", nil, mergeRequest(4, "reopen", "opened", 1), 202, "d deploy"},
		{"approved", "", nil, mergeRequest(7, "approved", "opened", 1), 200, "this does not change what is shown"},
		{"with the label", "preview", nil, mergeRequest(7, "update", "opened", 1, "bug", "Preview"), 202, "d deploy"},
		{"the label is taken off", "preview", shown, mergeRequest(3, "update", "opened", 1, "bug"), 202, "d free it has the label preview no longer"},
		{"a fork", "", nil, mergeRequest(7, "open", "opened", 2), 200, "it comes from a fork; slot preview 7 shows it"},
		{"a fork that was deleted", "", nil, strings.ReplaceAll(mergeRequest(7, "open", "opened", 2), `"source_project_id":2`, `"source_project_id":null`), 200, "it comes from a fork; slot preview 7 shows it"},
		{"no number", "", nil, mergeRequest(0, "open", "opened", 1), 400, "the body cannot be read"},
		{"a commit that is an option", "", nil, strings.ReplaceAll(mergeRequest(7, "open", "opened", 1), two, "--upload-pack=x"), 400, "the body cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t)
			previews(t, d, slot.PreviewConfig{Label: tt.label}, tt.shown)
			if err := d.store.UpdateConfig(func(c *slot.Config) error {
				c.Previews[0].Repository = "git@git.example.com:group/me/app.git"
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for n, v := range tt.shown {
				v.Repository = "group/me/app"
				if err := d.store.UpdateState(n, func(s *slot.SlotState) error { s.Preview = &v; return nil }); err != nil {
					t.Fatal(err)
				}
			}
			got := d.send(t, "POST", "/webhook", tt.body, map[string]string{
				"Content-Type": "application/json", "X-Gitlab-Event": "Merge Request Hook", "X-Gitlab-Token": d.secret})
			if got.status != tt.status || got.String() != tt.want {
				t.Errorf("answered %d %q, want %d %q", got.status, got, tt.status, tt.want)
			}
			if strings.HasSuffix(got.String(), " deploy") {
				n := got.Decisions[0].Slot
				c := d.store.Config().Slots[n]
				if want := fmt.Sprintf("refs/merge-requests/%d/head", d.store.State(n).Preview.Number); c.Branch != want {
					t.Errorf("%s is fetched, want %s", c.Branch, want)
				}
			}
		})
	}
}

// By hand nobody says which host it is: its name does, or what was told before.
func TestPull_ByHandFetchesWhatTheHostKeeps(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/me/app": "refs/pull/7/head", "https://gitlab.com/me/app": "refs/merge-requests/7/head",
		"git@gitlab.example.com:group/me/app.git": "refs/merge-requests/7/head", "https://codeberg.org/me/app": "refs/pull/7/head",
	} {
		d := open(t)
		if err := d.EnablePreviews(slot.PreviewConfig{Repository: address, Slots: []slot.Name{"d"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.OpenPreview("", 7, false); err != nil {
			t.Fatal(err)
		}
		if got := d.store.Config().Slots["d"].Branch; got != want {
			t.Errorf("%s: %s is fetched, want %s", address, got, want)
		}
	}
}
