// Package api is the daemon's control API and its client: HTTP and JSON over
// the unix socket in the state folder. Every call carries the token of
// secrets.json, because an app runs as the same user and could connect. The
// pages of docs/control-api.md are its contract. The server is an
// http.Handler without a goroutine of its own; streams end with their request.
package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slot-paas/slot/slot"
)

// Version is the answer to GET /v1/version.
type Version struct {
	Version   string    `json:"version"`
	PID       int       `json:"pid"`
	Home      string    `json:"home"`
	StartedAt time.Time `json:"started_at"`
	Config    string    `json:"config_error,omitempty"` // why slots.json is not in force
	Keeper    Keeper    `json:"keeper"`
}

// Releases is the answer to GET /v1/slots/{slot}/releases, newest first.
type Releases struct {
	Live     int            `json:"live"`
	Keep     int            `json:"keep"` // how many are kept at most; the live one and the one before it always are
	Releases []slot.Release `json:"releases"`
}

// EnvChange is the body of PATCH /v1/slots/{slot}/env. Replace removes every
// variable that is not in Set.
type EnvChange struct {
	Set     map[string]string `json:"set,omitempty"`
	Unset   []string          `json:"unset,omitempty"`
	Replace bool              `json:"replace,omitempty"`
}

// EnvChanged is its answer: all names that differ, and among them the new and
// the removed ones. Deployment is the one that puts the change into effect; nil
// where nothing runs or nothing changed.
type EnvChanged struct {
	Changed    []string         `json:"changed"`
	Added      []string         `json:"added,omitempty"`
	Removed    []string         `json:"removed,omitempty"`
	Deployment *slot.Deployment `json:"deployment,omitempty"`
}

// ConfigChange is the body of PATCH /v1/config: paths such as
// "a.health_check.path" with their new values.
type ConfigChange struct {
	Set map[string]string `json:"set"`
}

// ConfigRestore is the body of POST /v1/config/restore; an empty name means
// the newest good backup.
type ConfigRestore struct {
	Name string `json:"name,omitempty"`
}

// failure is the body of every answer that is not 2xx.
type failure struct {
	Error *slot.Error `json:"error"`
}

// maxBody bounds a request: five slots' variables at their largest.
const maxBody = 16 << 20

func fail(w http.ResponseWriter, err error) {
	e := slot.AsError(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.Kind.HTTPStatus())
	_ = json.NewEncoder(w).Encode(failure{e}) // the client is gone: nothing to do
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// read decodes a bounded body.
func read(w http.ResponseWriter, r *http.Request, v any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return slot.E(slot.KindUsage, "", fmt.Errorf("the request has more than %d bytes", tooLarge.Limit))
		}
		return slot.E(slot.KindUsage, "", fmt.Errorf("cannot read the request: %v", err))
	}
	return nil
}

// stream writes one JSON value a line and flushes each.
type stream struct {
	w   http.ResponseWriter
	enc *json.Encoder
	rc  *http.ResponseController
}

func newStream(w http.ResponseWriter) *stream {
	w.Header().Set("Content-Type", "application/x-ndjson")
	return &stream{w: w, enc: json.NewEncoder(w), rc: http.NewResponseController(w)}
}

func (s *stream) send(v any) error {
	if err := s.enc.Encode(v); err != nil {
		return err
	}
	return s.rc.Flush()
}
