package sandbox

import (
	"path/filepath"
	"testing"
)

func TestExplain_FindsWhatWasDenied(t *testing.T) {
	needLandlock(t)
	m := machine(t)
	key, tool := file(t, m.Home, ".ssh/id_rsa"), file(t, m.Home, ".nvm/node")
	p := m.App(false)
	for _, tt := range []struct{ name, line, want string }{
		{"node", "Error: EACCES: permission denied, open '" + key + "'", `read "` + key + `"`},
		{"python", "PermissionError: [Errno 13] Permission denied: '" + key + "'", `read "` + key + `"`},
		{"a shell", "cat: " + key + ": Permission denied", `read "` + key + `"`},
		{"go", "open " + key + ": permission denied", `read "` + key + `"`},
		{"java", "java.nio.file.AccessDeniedException: " + key, `read "` + key + `"`},
		{"php", "file_get_contents(" + key + "): Failed to open stream: Permission denied", `read "` + key + `"`},
		{"ruby", "Permission denied @ rb_sysopen - " + key + " (Errno::EACCES)", `read "` + key + `"`},
		{"a new file", "mkdir " + m.Home + "/new/deep: permission denied", `write to "` + m.Home + `/new/deep"`},
		{"a file to change", "open " + tool + ": permission denied", `write to "` + tool + `"`},
		{"sudo", `sudo: The "no new privileges" flag is set, which prevents sudo from running as root.`, "gain rights through sudo or the like"},
		{"an own file", "open /tmp/x: permission denied", ""},
		{"another failure", "open " + key + ": no such file", ""},
		{"no path", "permission denied", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.Clone()
			p.Write = append(p.Write, filepath.Dir("/tmp/x"))
			d, ok := p.Explain([]string{"starting", tt.line})
			if ok != (tt.want != "") || ok && d.String() != tt.want {
				t.Errorf("%q, want %q", d, tt.want)
			}
		})
	}
}

func TestExplain_SaysNothingWithoutASandbox(t *testing.T) {
	if d, ok := (*Policy)(nil).Explain([]string{"open /root/.ssh/id_rsa: permission denied"}); ok {
		t.Error(d)
	}
}

func TestSupport_KnowsWhatKernelsHold(t *testing.T) {
	for _, tt := range []struct {
		name   string
		abi    int
		errata uintptr
		want   Support
	}{
		{"5.19", 2, 0, Support{ABI: 2, Files: true}},
		{"6.2", 3, 0, Support{ABI: 3, Files: true, Truncate: true}},
		{"6.10", 5, 0, Support{ABI: 5, Files: true, Truncate: true, Devices: true}},
		{"6.12", 6, 0, Support{ABI: 6, Files: true, Truncate: true, Devices: true, Abstract: true}},
		{"6.12, mended", 6, 3, Support{ABI: 6, Files: true, Truncate: true, Devices: true, Abstract: true, Signals: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := supportOf(tt.abi, tt.errata); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
	if got := supportOf(1, 0); got.Files || got.Reason == "" {
		t.Errorf("5.13: %+v", got)
	}
}
