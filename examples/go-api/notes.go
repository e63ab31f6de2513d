package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
)

// maxNotes bounds what is kept in memory.
const maxNotes = 100

type note struct {
	Text string `json:"text"`
}

// notes are kept until the program ends; a real app has a database.
type notes struct {
	mu   sync.Mutex
	list []note
}

func (n *notes) all() []note {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]note{}, n.list...)
}

func (n *notes) add(w http.ResponseWriter, r *http.Request) {
	var new note
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&new); err != nil || new.Text == "" {
		answer(w, http.StatusBadRequest, map[string]string{"error": `want {"text": "…"}`})
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.list) == maxNotes {
		n.list = slices.Delete(n.list, 0, 1)
	}
	n.list = append(n.list, new)
	answer(w, http.StatusCreated, new)
}
