package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/slot-paas/slot/supervisor/store"
)

// KeeperNote is run/keeper.json: what the keeper says of itself, for commands
// that wait for it. The keeper is its only writer.
type KeeperNote struct {
	PID       int       `json:"pid"`
	Version   string    `json:"version"`
	Exe       string    `json:"exe"`        // the program that it starts daemons from
	StartedAt time.Time `json:"started_at"` // of this program, in whatever process
	Handover  Handover  `json:"handover,omitzero"`
}

// Handover is the last time that one daemon was to follow another.
type Handover struct {
	Number  int       `json:"number"` // counted over all keepers of the state folder
	BeganAt time.Time `json:"began_at"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	From    int       `json:"from"`            // pid of the old one
	Error   string    `json:"error,omitempty"` // why the new one does not serve
}

// Ended reports whether it is over.
func (h Handover) Ended() bool { return !h.EndedAt.IsZero() }

// ReadKeeperNote reads the note of the state folder. One that was never
// written is the zero one.
func ReadKeeperNote(home string) (n KeeperNote, err error) {
	path := noteFile(store.Layout{Home: home})
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &n)
	}
	if err != nil {
		return n, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return n, nil
}

func noteFile(lay store.Layout) string { return filepath.Join(lay.Run(), "keeper.json") }

// note writes it.
type note struct {
	lay store.Layout
	is  KeeperNote
}

// newNote goes on with what an earlier keeper counted. A handover that was
// under way goes on where this one was renewed, else it ended with its keeper.
func newNote(lay store.Layout, k *Keeper, renewed bool) *note {
	n := &note{lay: lay}
	before, err := ReadKeeperNote(lay.Home)
	if err == nil {
		n.is.Handover = before.Handover
	}
	if !renewed {
		n.handedOver(errors.New("the keeper ended"))
	}
	n.is.PID, n.is.Version, n.is.Exe, n.is.StartedAt = os.Getpid(), k.Version, k.Exe, time.Now()
	n.write()
	return n
}

// handingOver begins a handover, or goes on with one that a renewal began.
func (n *note) handingOver(from int) {
	h := &n.is.Handover
	if h.Number == 0 || h.Ended() {
		*h = Handover{Number: h.Number + 1, BeganAt: time.Now()}
	}
	h.From = from
	n.write()
}

// handedOver ends the handover under way, if there is one.
func (n *note) handedOver(err error) {
	h := &n.is.Handover
	if h.Number == 0 || h.Ended() {
		return
	}
	h.EndedAt = time.Now()
	if err != nil {
		h.Error = err.Error()
	}
	n.write()
}

// write replaces the file. Without it a command does not learn how a handover
// went; that is told, and is no reason to end.
func (n *note) write() {
	data, err := json.MarshalIndent(n.is, "", "  ")
	path := noteFile(n.lay)
	if err == nil {
		err = os.WriteFile(path+".new", append(data, '\n'), 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		warn(n.lay, "cannot write the keeper's note", "error", err)
	}
}
