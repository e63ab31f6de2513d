package coderlab

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// StartupLog is what the scripts of the newest agent said.
func (ws *Workspace) StartupLog(t testing.TB) (lines []string) {
	t.Helper()
	for _, a := range ws.Latest(t).Agents() {
		var log []struct {
			Output string `json:"output"`
		}
		if err := ws.Owner.Call(t.Context(), "GET", "/workspaceagents/"+a.ID+"/logs", nil, &log); err != nil {
			t.Fatal(err)
		}
		for _, l := range log {
			lines = append(lines, l.Output)
		}
	}
	return lines
}

// Run runs a program in the agent, as "coder ssh" does, and returns its
// standard output. It fails the test when the program fails.
func (ws *Workspace) Run(t testing.TB, args ...string) string {
	t.Helper()
	r := ws.Exec(t, args...)
	if r.Code != 0 {
		t.Fatalf("%s ended with %d in the workspace:\n%s", strings.Join(args, " "), r.Code, lastLines(r.Err, 30))
	}
	return r.Out
}

// Exec is Run for programs that may fail.
func (ws *Workspace) Exec(t testing.TB, args ...string) Result {
	t.Helper()
	ssh := []string{"ssh", "--wait=no", ws.Owner.Name + "/" + ws.Name, "--"}
	return ws.Owner.Exec(t, ws.lab.Coder(), append(ssh, args...)...)
}

// Metadata is what the dashboard shows of the newest agent, by the display
// name. What failed, or was not asked for yet, is empty.
func (ws *Workspace) Metadata(t testing.TB) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	all := map[string]string{}
	for _, a := range ws.Latest(t).Agents() {
		r, err := http.NewRequestWithContext(ctx, "GET", ws.lab.URL()+"/api/v2/workspaceagents/"+a.ID+"/watch-metadata", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Coder-Session-Token", ws.Owner.Token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		for _, m := range firstMetadata(resp) {
			if m.Result.Error == "" {
				all[m.Description.Name] = strings.TrimSpace(m.Result.Value)
			}
		}
	}
	return all
}

type metadatum struct {
	Result struct {
		Value string `json:"value"`
		Error string `json:"error"`
	} `json:"result"`
	Description struct {
		Name string `json:"display_name"`
	} `json:"description"`
}

// firstMetadata reads the first event of the stream.
func firstMetadata(resp *http.Response) (all []metadatum) {
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &all) == nil {
			return all
		}
	}
	return nil
}
