package api

import (
	"net/http"

	"github.com/slot-paas/slot/slot"
)

// ConfigFile is the answer to GET /v1/config/file: slots.json as it stands on
// disk, broken or not, and the configuration in force.
type ConfigFile struct {
	Text  string      `json:"text"`
	Sum   string      `json:"sum"` // by which a replacement names what it replaces; "" where there is no file
	Force slot.Config `json:"in_force"`
}

// ConfigReplace is the body of PUT /v1/config/file.
type ConfigReplace struct {
	Text string `json:"text"`
	Sum  string `json:"sum"`
}

func (s *server) configFile(w http.ResponseWriter, _ *http.Request) {
	_ = s.Store.Reload() // a broken file is what is asked for
	text, sum, err := s.Store.ConfigFile()
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, ConfigFile{Text: string(text), Sum: sum, Force: s.Store.Config()})
}

func (s *server) replaceConfig(w http.ResponseWriter, r *http.Request) {
	var change ConfigReplace
	err := read(w, r, &change)
	if err == nil {
		err = s.Store.ReplaceConfig(change.Sum, []byte(change.Text))
	}
	if err != nil {
		fail(w, err)
		return
	}
	s.Engine.Reconfigured()
	answer(w, s.Store.Config())
}
