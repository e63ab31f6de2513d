package coderlab

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Password is every user's: the lab is reached from this machine only and
// ends with the test.
const Password = "Only-For-The-Lab-1"

// User is somebody who is logged in.
type User struct {
	Name  string
	Token string // of a login session, which no build revokes
	lab   *Lab
}

func (l *Lab) firstUser(t testing.TB) *User {
	t.Helper()
	in := map[string]any{"email": "admin@example.com", "username": "admin", "password": Password}
	if err := call(t.Context(), l.URL(), "", "POST", "/users/first", in, nil); err != nil {
		t.Fatalf("cannot create the first user: %v", err)
	}
	return l.login(t, "admin")
}

// User returns a member of that name, creating it at first.
func (l *Lab) User(t testing.TB, name string) *User {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if u := l.users[name]; u != nil {
		return u
	}
	var me struct {
		Organizations []string `json:"organization_ids"`
	}
	if err := l.Admin.Call(t.Context(), "GET", "/users/me", nil, &me); err != nil {
		t.Fatal(err)
	}
	in := map[string]any{"email": name + "@example.com", "username": name, "password": Password,
		"login_type": "password", "user_status": "active", "organization_ids": me.Organizations}
	if err := l.Admin.Call(t.Context(), "POST", "/users", in, nil); err != nil {
		t.Fatalf("cannot create user %q: %v", name, err)
	}
	l.users[name] = l.login(t, name)
	return l.users[name]
}

// WithToken is somebody who has that token, whether it is valid or not.
func (l *Lab) WithToken(token string) *User { return &User{Token: token, lab: l} }

func (l *Lab) login(t testing.TB, name string) *User {
	t.Helper()
	var session struct {
		Token string `json:"session_token"`
	}
	in := map[string]any{"email": name + "@example.com", "password": Password}
	if err := call(t.Context(), l.URL(), "", "POST", "/users/login", in, &session); err != nil {
		t.Fatalf("cannot log %q in: %v", name, err)
	}
	return &User{Name: name, Token: session.Token, lab: l}
}

// Call makes a request of the API as the user; path begins after /api/v2. A
// refusal is an *APIError.
func (u *User) Call(ctx context.Context, method, path string, in, out any) error {
	return call(ctx, u.lab.URL(), u.Token, method, path, in, out)
}

// Env is the environment in which Coder's command line, and slot's, act as the
// user from outside a workspace.
func (u *User) Env() []string {
	home := filepath.Join(u.lab.dir, "laptop", u.Name)
	return append(plainEnv(home), "CODER_URL="+u.lab.URL(), "CODER_SESSION_TOKEN="+u.Token,
		"CODER_CONFIG_DIR="+filepath.Join(home, "coderv2"))
}

// Result is how a program ended.
type Result struct {
	Out, Err string
	Code     int
}

// Exec runs a program of this machine as the user, outside a workspace, for
// two minutes at most.
func (u *User) Exec(t testing.TB, program string, args ...string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = u.lab.make(t, "laptop"), u.Env(), time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatalf("cannot run %s: %v", program, err)
	}
	return Result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// Coder runs Coder's command line as the user and returns its output; it fails
// the test when that fails.
func (u *User) Coder(t testing.TB, args ...string) string {
	t.Helper()
	r := u.Exec(t, u.lab.Coder(), args...)
	if r.Code != 0 {
		t.Fatalf("coder %s ended with %d:\n%s", args[0], r.Code, lastLines(r.Err, 30))
	}
	return r.Out
}
