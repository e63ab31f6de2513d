package admin

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/slot-paas/slot/slot"
)

// auditSize is where audit.jsonl is renamed to audit.jsonl.1, which the next
// one replaces: some ten thousand entries are kept.
const auditSize = 1 << 20

// audit is the record of who did what. Values never stand in it.
type audit struct {
	path string
	log  *slog.Logger

	mu sync.Mutex
}

func openAudit(dir string, log *slog.Logger) *audit {
	return &audit{path: filepath.Join(dir, "audit.jsonl"), log: log}
}

// add writes an entry. What was done is done: an error is only logged.
func (a *audit) add(r *http.Request, e slot.AuditEntry) {
	e.Time, e.From = time.Now().UTC(), from(r)
	if err := a.write(e); err != nil {
		a.log.Error("cannot write the admin's audit", slot.KeyError, err)
	}
}

func (a *audit) write(e slot.AuditEntry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if info, err := os.Stat(a.path); err == nil && info.Size() > auditSize {
		if err := os.Rename(a.path, a.path+".1"); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("cannot open the audit: %w", err)
	}
	if _, err = f.Write(append(line, '\n')); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// last returns the newest n entries, the newest first.
func (a *audit) last(n int) []slot.AuditEntry {
	a.mu.Lock()
	old, _ := os.ReadFile(a.path + ".1") // there may be none
	now, _ := os.ReadFile(a.path)
	a.mu.Unlock()
	all := []slot.AuditEntry{}
	lines := bufio.NewScanner(bytes.NewReader(append(old, now...)))
	lines.Buffer(nil, auditSize)
	for lines.Scan() {
		var e slot.AuditEntry
		if json.Unmarshal(lines.Bytes(), &e) == nil { // one that was cut short is left out
			all = append(all, e)
		}
	}
	newest := make([]slot.AuditEntry, 0, n)
	for i := len(all) - 1; i >= 0 && len(newest) < n; i-- {
		newest = append(newest, all[i])
	}
	return newest
}
