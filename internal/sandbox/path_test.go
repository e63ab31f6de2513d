package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPath_OpensToolsAndNotTheHomeAroundThem(t *testing.T) {
	needLandlock(t)
	m := machine(t)
	script, note := file(t, m.Home, "script.sh"), file(t, m.Home, "note.txt")
	tool, lib := file(t, m.Home, "tools/x/bin/x"), file(t, m.Home, "tools/x/lib/x.so")
	other := file(t, m.Home, "tools/secret.txt")
	linked, around := file(t, m.Home, "far/y/bin/y"), file(t, m.Home, "far/y/lib/y.so")
	credentials := file(t, m.Home, ".cargo/credentials.toml")
	key := file(t, m.Home, ".ssh/bin/key")
	bin := filepath.Join(m.Home, "bin")
	if err := os.MkdirAll(filepath.Join(m.Home, ".cargo/bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"s": script, "y": linked} {
		if err := os.Symlink(to, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	m.Path = strings.Join([]string{bin, filepath.Dir(tool), m.Home, filepath.Join(m.Home, ".cargo/bin"), "relative", os.Getenv("PATH")}, ":")
	attempts(t, m.App(false),
		attempt{"read " + bin + "/s", "ok"}, attempt{"read " + tool, "ok"}, attempt{"read " + lib, "ok"},
		attempt{"read " + linked, "ok"}, attempt{"read " + around, "ok"},
		attempt{"read " + note, "EACCES"}, attempt{"read " + other, "EACCES"}, attempt{"read " + credentials, "EACCES"},
		attempt{"read " + key, "EACCES"},
	)
}
