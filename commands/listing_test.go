package commands

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

func TestScreen_OfEveryWideTable(t *testing.T) {
	source := slot.Source{Repository: "https://you:hunter2@example.com/app", Branch: "main", Commit: "3f9c2e1a77", Author: "Ada", Subject: "Fix\x1b the header"}
	live := slot.Status{Slot: "a", State: slot.StateLive, URL: "http://127.0.0.1:3001", Release: 7, Source: source, Hook: "node", PID: 4121, Private: 21873, Since: noon}
	done := slot.Deployment{
		ID: 12, Slot: "a", Action: slot.ActionDeploy, State: slot.DeploymentLive, Release: 7, Previous: 6, Trigger: "cli", Source: source,
		RequestedAt: noon, StartedAt: noon.Add(2 * time.Second), EndedAt: noon.Add(5 * time.Second),
		Steps: []slot.Step{{Name: slot.StepFetch, DurationMS: 120}, {Name: slot.StepBuild, DurationMS: 2600}},
	}
	kept := api.Releases{Live: 7, Releases: []slot.Release{
		{ID: 7, Hook: "node", Framework: "express", Artefact: 5, Deployment: 12, CreatedAt: noon, Source: source}, {ID: 6, CreatedAt: noon},
	}}
	came := []slot.Delivery{{Number: 3, ID: "72d3162e", Time: noon, Source: "github", Event: "push", Digest: "9f86d081", Replay: 1}, {Number: 1, Time: noon, Source: "token"}}
	dumps := []slot.Backup{{ID: "a-20260501-120000", Source: "a", Server: "17.2", Bytes: 2048, SHA256: "9f86d081", TakenAt: noon}}
	for name, write := range map[string]func() ([]string, [][]string){
		"status": func() ([]string, [][]string) {
			all := []slot.Status{live, {Slot: "b", State: slot.StateEmpty, Since: noon}}
			header, rows := statusTable(all, noon)
			return statusWide(all, header, rows)
		},
		"history": func() ([]string, [][]string) {
			all := []slot.Deployment{done, {ID: 11, Slot: "b", State: slot.DeploymentQueued, RequestedAt: noon}}
			header, rows := historyTable(all, time.UTC)
			return historyWide(all, header, rows)
		},
		"releases": func() ([]string, [][]string) {
			header, rows := releasesTable(kept, noon)
			return releasesWide(kept, header, rows)
		},
		"deliveries": func() ([]string, [][]string) {
			header, rows := deliveriesTable(came, time.UTC)
			return deliveriesWide(came, header, rows)
		},
		"backups": func() ([]string, [][]string) {
			header, rows := backupsTable(dumps, noon)
			return backupsWide(dumps, header, rows)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			header, rows := write()
			if err := renderTable(&b, header, rows); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "screen", name+"_wide.txt"), b.String())
		})
	}
}

func TestWidth_IsColumnsWhereNoTerminalTells(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for columns, want := range map[string]int{"40": 40, "": 80, "0": 80, "-3": 80, "wide": 80} {
		w := &World{Getenv: func(string) string { return columns }}
		if got := w.width(file); got != want {
			t.Errorf("COLUMNS=%q: width is %d, want %d", columns, got, want)
		}
	}
}
