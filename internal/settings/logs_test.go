package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/settings"
)

func TestLoad_Logs(t *testing.T) {
	for _, row := range []struct {
		name, file string
		env        map[string]string
		size       int64
		files      int
		wrong      string
	}{
		{name: "nothing", size: 10 << 20, files: 5},
		{name: "a file", file: `{"log_size": "64MiB", "log_files": 2}`, size: 64 << 20, files: 2},
		{name: "variables over it", file: `{"log_size": "64MiB"}`, env: map[string]string{"SLOT_LOG_SIZE": "2 MiB", "SLOT_LOG_FILES": "9"}, size: 2 << 20, files: 9},
		{name: "too small", env: map[string]string{"SLOT_LOG_SIZE": "1KiB"}, wrong: `SLOT_LOG_SIZE is "1KiB"`},
		{name: "too large", file: `{"log_size": "2GiB"}`, wrong: `log_size is "2GiB"`},
		{name: "no unit", env: map[string]string{"SLOT_LOG_SIZE": "10000000"}, wrong: `"10000000"`},
		{name: "negative", env: map[string]string{"SLOT_LOG_SIZE": "-9MiB"}, wrong: `"-9MiB"`},
		{name: "no files", env: map[string]string{"SLOT_LOG_FILES": "0"}, wrong: `log_files (SLOT_LOG_FILES) is "0"`},
		{name: "no number", env: map[string]string{"SLOT_LOG_FILES": "many"}, wrong: `SLOT_LOG_FILES is "many"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			home := t.TempDir()
			if row.file != "" {
				if err := os.WriteFile(filepath.Join(home, "settings.json"), []byte(row.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, err := settings.Load(func(name string) string {
				if name == "SLOT_HOME" || name == "HOME" {
					return home
				}
				return row.env[name]
			})
			if row.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), row.wrong) {
					t.Errorf("got %v, want it to name %s", err, row.wrong)
				}
				return
			}
			if err != nil || s.LogSize != row.size || s.LogFiles != row.files {
				t.Errorf("got %d, %d, %v", s.LogSize, s.LogFiles, err)
			}
		})
	}
}
