package deploy

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

func variables(t *testing.T, env []string) map[string]string {
	t.Helper()
	if !slices.IsSorted(env) {
		t.Errorf("not in order: %q", env)
	}
	m := map[string]string{}
	for _, kv := range env {
		name, v, ok := strings.Cut(kv, "=")
		if _, twice := m[name]; twice || !ok {
			t.Errorf("%q is there twice, or is no variable", kv)
		}
		m[name] = v
	}
	return m
}

func TestBaseEnv_TakesOnlyWhatBelongsToTheMachine(t *testing.T) {
	daemon := map[string]string{
		"PATH": "/opt/node/bin:/bin", "HOME": "/home/you", "TZ": "Europe/Berlin", "https_proxy": "http://proxy:3128", "LANG": "",
		"CODER_AGENT_TOKEN": "secret", "GIT_ASKPASS": "/x", "SLOT_HOME": "/x", "SLOT_LISTENERS": "a", "NODE_OPTIONS": "--inspect",
		"LD_PRELOAD": "/x.so", "DATABASE_URL": "postgres://other", "PORT": "1", "NODE_ENV": "production",
	}
	got := variables(t, BaseEnv(func(name string) (string, bool) { v, ok := daemon[name]; return v, ok }))
	want := map[string]string{
		"PATH": "/opt/node/bin:/bin", "HOME": "/home/you", "TZ": "Europe/Berlin", "https_proxy": "http://proxy:3128",
		"LANG": "C.UTF-8", "SHELL": "/bin/sh",
	}
	for name, v := range got {
		if want[name] != v {
			t.Errorf("%s is %q, want %q", name, v, want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

func TestEnvironment_OrdersPlanThenVariablesThenSlot(t *testing.T) {
	e := newEngine(t)
	t.Setenv("LEAKED", "yes")
	rel := slot.Release{
		ID: 7, Slot: "b", Artefact: 3, Source: slot.Source{Commit: "3f9c2e1", Root: "apps/web"},
		Plan: slot.LaunchPlan{
			Env:         map[string]string{"NODE_ENV": "production", "FROM_PLAN": "plan", "BOTH": "plan", "PORT": "1", "SLOT_NAME": "x"},
			PathPrepend: []string{"node_modules/.bin", "bin"},
		},
		Env: map[string]string{"BOTH": "mine", "LITERAL": "$HOME `id`\n\"x\"=", "HOST": "0.0.0.0", "SLOT_STORAGE": "/x"},
	}
	got := variables(t, e.environment(rel, 21873))
	app := filepath.Join(e.Store.Layout().Artefact("b", 3), "src", "apps", "web")
	want := map[string]string{
		"HOME": "/home/you", "BASE_PATH": "/", "TMPDIR": e.Store.Layout().SlotTmp("b"),
		"NODE_ENV": "production", "FROM_PLAN": "plan", "BOTH": "mine", "LITERAL": "$HOME `id`\n\"x\"=",
		"PATH": app + "/node_modules/.bin:" + app + "/bin:/usr/bin:/bin",
		"PORT": "21873", "HOST": "127.0.0.1", "SLOT_NAME": "b", "SLOT_PORT": "3002", "SLOT_URL": "http://127.0.0.1:3002",
		"SLOT_STORAGE": e.Store.Layout().Storage("b"), "SLOT_RELEASE": "7", "SLOT_COMMIT": "3f9c2e1",
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s is %q, want %q", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s leaked", name)
		}
	}
}

func TestEnvironment_HasNoPortForWhatServesNothing(t *testing.T) {
	e := newEngine(t)
	got := variables(t, e.environment(slot.Release{ID: 1, Slot: "a", Env: map[string]string{"PORT": "80"}}, 0))
	if v, ok := got["PORT"]; ok {
		t.Errorf("PORT is %q", v)
	}
	if got["NODE_ENV"] != "development" {
		t.Errorf("NODE_ENV is %q", got["NODE_ENV"])
	}
}

func TestEnvironment_PrependsToTheSlotsOwnPath(t *testing.T) {
	e := newEngine(t)
	rel := slot.Release{ID: 1, Slot: "a", Artefact: 1, Plan: slot.LaunchPlan{PathPrepend: []string{"bin"}}, Env: map[string]string{"PATH": "/mine"}}
	want := e.appDir(rel) + "/bin:/mine"
	if got := variables(t, e.environment(rel, 0))["PATH"]; got != want {
		t.Errorf("PATH is %q, want %q", got, want)
	}
}

func TestBuildEnv_GivesBuildsOnlyWhatBrowsersSee(t *testing.T) {
	got := buildEnv(map[string]string{
		"NEXT_PUBLIC_API": "1", "VITE_API": "2", "REACT_APP_API": "3", "PUBLIC_API": "4",
		"API_KEY": "secret", "NEXT_PRIVATE": "secret", "DATABASE_URL": "secret", "MY_VITE_KEY": "secret",
	})
	if len(got) != 4 || got["NEXT_PUBLIC_API"] != "1" || got["PUBLIC_API"] != "4" {
		t.Errorf("got %v", got)
	}
}

func TestSecretValues_LeavesOutWhatIsTooShortToMask(t *testing.T) {
	got := secretValues(map[string]string{"API_KEY": "hunter2", "PIN_SECRET": "123", "GREETING": "hello there", "DB_PASSWORD": "four",
		"CACHE": "redis://:pass%2Fword@127.0.0.1:6379", "QUEUE": "amqp://me:abc@127.0.0.1"})
	slices.Sort(got)
	if !slices.Equal(got, []string{"amqp://me:abc@127.0.0.1", "four", "hunter2", "pass%2Fword", "pass/word", "redis://:pass%2Fword@127.0.0.1:6379"}) {
		t.Errorf("got %q", got)
	}
}

func TestArgv_MakesTheAppGetTheSignals(t *testing.T) {
	for _, tt := range []struct {
		name, shell, want string
	}{
		{"one command", "next start -p $PORT", "exec next start -p $PORT"},
		{"white space around it", "  next start\t", "exec next start"},
		{"exec already", "exec node .", "exec node ."},
		{"exec with a tab", "exec\tnode .", "exec\tnode ."},
		{"a program named like exec", "executor run", "exec executor run"},
		{"an assignment", "A=1 node .", "A=1 node ."},
		{"a list", "cd x && node .", "cd x && node ."},
		{"a pipe", "node . | tee log", "node . | tee log"},
		{"a substitution", "node $(cat main)", "node $(cat main)"},
		{"two lines", "cd x\nnode .", "cd x\nnode ."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (&slot.Process{Shell: tt.shell}).Args(); !slices.Equal(got, []string{"/bin/sh", "-c", tt.want}) {
				t.Errorf("got %q", got)
			}
		})
	}
	if got := (&slot.Process{Argv: []string{"node", "a b"}, Shell: "unused"}).Args(); !slices.Equal(got, []string{"node", "a b"}) {
		t.Errorf("got %q", got)
	}
}
