package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestUnshelled_TakesOnlyLinesOfWords(t *testing.T) {
	s := newSpec(t)
	file := filepath.Join(s.Dir, "app")
	if err := os.WriteFile(file, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=/nowhere:" + s.Dir}
	for line, want := range map[string]string{
		"exec ./app":                       "./app",
		"exec  app --port=80  -v a,b:c@d%": "app",
		"exec " + file + " x":              file,
		"./app":                            "",
		"exec ./missing":                   "./missing", // the shell says so
		"exec missing":                     "",
		"exec -a x app":                    "",
		"exec A=1 app":                     "",
		"exec app $PORT":                   "",
		"exec app 'x'":                     "",
		"exec app \\x":                     "",
		"exec app *":                       "",
		"exec app ~":                       "",
		"exec app a[b]":                    "",
		"exec app {a,b}":                   "",
		"exec app #x":                      "",
		"exec app &":                       "",
		"exec app >x":                      "",
		"exec app\nx":                      "",
		"exec app\tx":                      "",
		"exec":                             "",
	} {
		s.Argv = []string{"/bin/sh", "-c", line}
		got, ok := unshelled(s, env)
		if ok != (want != "") || ok && got.argv[0] != want {
			t.Errorf("%q: %v, %q", line, ok, got.argv)
		}
		if ok && got.path != want && got.path != file {
			t.Errorf("%q: it is started from %q", line, got.path)
		}
	}
	s.Argv = []string{"/bin/sh", "-c", "exec app"}
	for _, env := range [][]string{{"PATH=bin:" + s.Dir}, {"PATH=" + s.Dir + ":"}, {"PATH=" + s.Dir, "PWD=/"}} {
		if got, ok := unshelled(s, env); ok {
			t.Errorf("with %q it is %q", env, got.argv)
		}
	}
	s.Argv = []string{"sh", "-c", "exec app"}
	if got, ok := unshelled(s, env); ok {
		t.Errorf("of another shell it is %q", got.argv)
	}
}

// Whoever starts it, the program finds the same, and says the same.
func TestStart_IsTheShellsWithoutTheShell(t *testing.T) {
	for name, script := range map[string]string{
		"a program":                      "#!/bin/sh\necho \"$0\" \"$@\"; /usr/bin/env; pwd",
		"a script without interpreter":   "echo \"$0\" \"$@\"; pwd",
		"an interpreter that is missing": "#!/nowhere\n",
		"no program":                     "",
	} {
		for _, line := range []string{"exec ./app one --two=2", "exec app one"} {
			t.Run(name+", "+line, func(t *testing.T) {
				s := newSpec(t)
				s.Env = []string{"PATH=" + s.Dir + ":/usr/bin:/bin", "A=1"}
				s.Argv = []string{"/bin/sh", "-c", line}
				if script != "" {
					if err := os.WriteFile(filepath.Join(s.Dir, "app"), []byte(script), 0o700); err != nil {
						t.Fatal(err)
					}
				}
				cmd := exec.Command(s.Argv[0], s.Argv[1:]...)
				cmd.Dir, cmd.Env = s.Dir, append(slices.Clone(s.Env), Marker+"="+s.ID)
				want, _ := cmd.CombinedOutput() // with what it exits is told below
				p, _ := start(t, s)
				closed(t, "Ended", p.Ended())
				if code := p.Snapshot().LastExit.Code; code != cmd.ProcessState.ExitCode() {
					t.Errorf("exit %d, want %d", code, cmd.ProcessState.ExitCode())
				}
				out, _ := os.ReadFile(s.Stdout)
				errOut, _ := os.ReadFile(s.Stderr)
				got, wanted := sorted(string(out)+string(errOut)), sorted(string(want))
				if !slices.Equal(got, wanted) {
					t.Errorf("got %q, want %q", got, wanted)
				}
			})
		}
	}
}

// sorted are the lines of an output, but for what shells count and note.
func sorted(text string) []string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "SHLVL=") || strings.HasPrefix(line, "_=")
	})
	slices.Sort(lines)
	return lines
}
