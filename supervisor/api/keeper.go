package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// KeeperState says whether somebody would start the next daemon.
type KeeperState string

// The states of the keeper.
const (
	KeeperRunning KeeperState = "running"
	KeeperLost    KeeperState = "lost" // it ended, the daemon serves on
	KeeperNone    KeeperState = "none" // "slot serve" runs by itself
)

// Keeper is the daemon's keeper as the daemon sees it.
type Keeper struct {
	State KeeperState `json:"state"`
	PID   int         `json:"pid,omitempty"`
}

// Supervisor is what the control API asks of the daemon as a process.
type Supervisor interface {
	Keeper() Keeper
	// Sockets takes over the connection and sends the listening sockets on
	// it, or returns why it does not.
	Sockets(http.ResponseWriter, *http.Request) error
	// SetEnvironment returns the names of the variables that changed.
	SetEnvironment([]string) ([]string, error)
	// Replace asks for a new daemon, with renew for a new keeper before, and
	// returns the number that this handover will have.
	Replace(renew bool) (int, error)
}

// SocketsPath is where a new keeper asks for the listening sockets of a daemon
// whose keeper was lost.
const SocketsPath = "/v1/keeper/sockets"

// Reload is the body of POST /v1/reload.
type Reload struct {
	Now   bool `json:"now,omitempty"`   // cancel the deployments that are under way
	Renew bool `json:"renew,omitempty"` // replace the keeper's program too
}

// Reloading is its answer. Deployments are those that are under way: with
// them nothing was begun.
type Reloading struct {
	Handover    int               `json:"handover,omitempty"`
	Deployments []slot.Deployment `json:"deployments,omitempty"`
}

// Environment is the body of PUT /v1/environment, as os.Environ gives it.
type Environment struct {
	Environ []string `json:"environ"`
}

// EnvironmentChanged is its answer: names alone.
type EnvironmentChanged struct {
	Changed []string `json:"changed"`
}

// reload is refused while deployments are under way, unless they are to end.
func (s *server) reload(w http.ResponseWriter, r *http.Request) {
	var req Reload
	if err := read(w, r, &req); err != nil {
		fail(w, err)
		return
	}
	if under := s.Engine.UnderWay(); len(under) > 0 && !req.Now {
		answer(w, Reloading{Deployments: under})
		return
	}
	number, err := s.Supervisor.Replace(req.Renew)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, Reloading{Handover: number})
}

func (s *server) setEnvironment(w http.ResponseWriter, r *http.Request) {
	var req Environment
	err := read(w, r, &req)
	if err == nil && len(req.Environ) == 0 {
		err = slot.E(slot.KindUsage, "", fmt.Errorf("the environment is empty"))
	}
	var changed []string
	if err == nil {
		changed, err = s.Supervisor.SetEnvironment(req.Environ)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, EnvironmentChanged{append([]string{}, changed...)})
}

func (s *server) sockets(w http.ResponseWriter, r *http.Request) {
	if err := s.Supervisor.Sockets(w, r); err != nil {
		fail(w, err)
	}
}

// Reload asks for a new daemon.
func (c *Client) Reload(ctx context.Context, req Reload) (r Reloading, err error) {
	return r, c.call(ctx, http.MethodPost, "/v1/reload", req, &r)
}

// SetEnvironment hands over what is to be in force for what the daemon starts
// from now on.
func (c *Client) SetEnvironment(ctx context.Context, environ []string) (ch EnvironmentChanged, err error) {
	return ch, c.call(ctx, http.MethodPut, "/v1/environment", Environment{environ}, &ch)
}
