package process

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAvailableMemory_IsTheContainersWhereItHasLess(t *testing.T) {
	const meminfo = "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no group":            {nil, 4000000},
		"a group of no bound": {map[string]string{"memory.max": "max\n", "memory.current": "1000\n"}, 4000000},
		"a small container":   {map[string]string{"memory.max": "1048576000\n", "memory.current": "943718400\n", "memory.stat": "anon 1\ninactive_file 104857600\n"}, 204800},
		"a large container":   {map[string]string{"memory.max": "99999999999\n", "memory.current": "0\n"}, 4000000},
		"a full container":    {map[string]string{"memory.max": "1024\n", "memory.current": "4096\n"}, 0},
	} {
		dir := t.TempDir()
		c.files = merged(c.files, "meminfo", meminfo)
		for file, text := range c.files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := availableMemory(filepath.Join(dir, "meminfo"), dir); got != c.want {
			t.Errorf("%s: %d KiB, want %d", name, got, c.want)
		}
	}
}

func merged(files map[string]string, name, text string) map[string]string {
	all := map[string]string{name: text}
	for n, t := range files {
		all[n] = t
	}
	return all
}
