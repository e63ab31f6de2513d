package coderlab

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Lab is a running Coder with its first user. It is safe for concurrent use,
// but for StopServer and StartServer.
type Lab struct {
	Programs
	Admin *User
	dir   string
	born  time.Time

	server *server

	mu    sync.Mutex
	users map[string]*User
}

// Start starts a Coder that ends with the test. It takes about three seconds.
func Start(t testing.TB) *Lab {
	t.Helper()
	l := &Lab{Programs: need(t), born: time.Now(), users: map[string]*User{}}
	l.dir = folder(t)
	// Registered before the servers, so run after them.
	db := startPostgres(t, l.make(t, "postgres"))
	l.step(t, "PostgreSQL is up")
	l.server = startServer(t, l.Programs, db, l.make(t, "server"))
	l.step(t, "the Coder server is up")
	// Agents end first: one whose server is gone takes seconds over it.
	t.Cleanup(func() { l.stopAgents(t) })
	l.Admin = l.firstUser(t)
	return l
}

// URL is the address of the server.
func (l *Lab) URL() string { return l.server.url }

// Port is the one of the server, and of its wildcard host.
func (l *Lab) Port() int { return l.server.port }

// StopServer kills the server, as a machine does that loses its power.
func (l *Lab) StopServer(t testing.TB) {
	t.Helper()
	l.server.stop(syscall.SIGKILL)
}

// StartServer starts the server that StopServer killed, on the same database
// and port. Like the first it ends with the test that called Start.
func (l *Lab) StartServer(t testing.TB) {
	t.Helper()
	l.server.start(t)
}

func (l *Lab) make(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(l.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// step tells how long the lab exists.
func (l *Lab) step(t testing.TB, what string) {
	t.Helper()
	t.Logf("%6.2f s  %s", time.Since(l.born).Seconds(), what)
}

// folder is one for everybody to enter: PostgreSQL runs as another user, to
// whom a test's own temporary folder is closed. It is removed at the end.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "coderlab")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("the lab's folder is still in use: %v", err)
		}
	})
	return dir
}
