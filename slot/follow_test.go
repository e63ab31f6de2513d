package slot_test

import (
	"testing"

	"github.com/slot-paas/slot/slot"
)

func TestIsRepository_WhateverTheSpelling(t *testing.T) {
	for _, tt := range []struct {
		address, host, name string
		want                bool
	}{
		{"https://github.com/me/app", "github.com", "me/app", true},
		{"https://github.com/Me/App.git", "github.com", "me/app", true},
		{"https://github.com/me/app/", "github.com", "ME/APP", true},
		{"https://token@github.com/me/app.git", "github.com", "me/app", true},
		{"http://github.com:80/me/app", "github.com", "me/app", true},
		{"git@github.com:me/app.git", "github.com", "me/app", true},
		{"git@github.com:/me/app.git", "github.com", "me/app", true},
		{"ssh://git@ssh.github.com:443/me/app.git", "github.com", "me/app", true},
		{"git@github-work:me/app", "github.com", "me/app", true},
		{"https://gitlab.com/group/sub/app", "gitlab.com", "group/sub/app", true},
		{"https://git.example.com/gitea/me/app", "git.example.com", "me/app", true},
		{"https://git.internal/me/app", "git.example.com", "me/app", true},
		{"file:///srv/me/app", "", "me/app", true},
		{"/srv/me/app", "", "me/app", true},

		{"https://github.com/me/app", "gitlab.com", "me/app", false},
		{"https://github.com/me/app2", "github.com", "me/app", false},
		{"https://github.com/me/app", "github.com", "you/app", false},
		{"https://github.com/notme/app", "github.com", "me/app", false},
		{"https://github.com/me/app", "github.com", "app", false},
		{"https://github.com/me/app", "github.com", "", false},
		{"https://github.com/me/app.github", "github.com", "me/app", false},
		{"https://evil.example/?x=github.com/me/app", "github.com", "me/app", false},
		{"", "", "me/app", false},
		{"://", "", "me/app", false},
	} {
		if got := slot.IsRepository(tt.address, tt.host, tt.name); got != tt.want {
			t.Errorf("%q is %s of %q: %v", tt.address, tt.name, tt.host, got)
		}
	}
}

func TestDeploysOnPush_WhereWhatWasPushedIsFetched(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		repository string
		set        *bool
		want       bool
	}{
		{"https://github.com/me/app", nil, true},
		{"file:///srv/me/app", nil, true},
		{"https://github.com/me/app", &no, false},
		{"/home/me/app", nil, false},
		{"/home/me/app", &yes, true},
		{"", nil, false},
		{"", &yes, false},
	} {
		c := slot.SlotConfig{Repository: tt.repository, Deployment: slot.DeploymentConfig{OnPush: tt.set}}
		if got := c.DeploysOnPush(); got != tt.want {
			t.Errorf("%q with %v: %v", tt.repository, tt.set, got)
		}
	}
}
