package python

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/slot-paas/slot/slot"
)

// pipfileSum returns the hash by which a Pipfile.lock knows its Pipfile, false
// where it cannot be told. Source: the format's description in pipenv's
// documentation; compared with what pipenv 2026 writes.
func pipfileSum(pipfile string) (sum string, ok bool) {
	var all map[string]any
	if _, err := toml.Decode(pipfile, &all); err != nil || all["source"] == nil {
		return "", false
	}
	part := func(name string) any {
		if all[name] == nil {
			return map[string]any{}
		}
		return all[name]
	}
	known := map[string]any{
		"_meta":   map[string]any{"sources": all["source"], "requires": part("requires")},
		"default": part("packages"), "develop": part("dev-packages"),
	}
	for name, value := range all {
		if !slices.Contains([]string{"source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv"}, name) {
			known[name] = value // a category of the author's own
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(known); err != nil {
		return "", false
	}
	// Python writes what is not ASCII otherwise.
	if slices.ContainsFunc(text.Bytes(), func(b byte) bool { return b >= 0x80 }) {
		return "", false
	}
	hash := sha256.Sum256(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return hex.EncodeToString(hash[:]), true
}

// pipfileStale warns of a lock file that was made for another Pipfile: what it
// lists is installed all the same.
func pipfileStale(pipfile, locked string) []slot.Diagnostic {
	if sum, ok := pipfileSum(pipfile); !ok || locked == "" || sum == locked {
		return nil
	}
	return []slot.Diagnostic{{
		Severity: slot.SeverityWarning, Code: "python.lock_out_of_sync", File: "Pipfile.lock",
		Summary: "Pipfile.lock does not fit Pipfile: what the lock file lists is installed",
		Hint:    "run pipenv lock and commit Pipfile.lock",
	}}
}
