package commands_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// setupGo lets a script build Go programs with the module cache and the proxy,
// and names this checkout as $SLOT_SOURCE.
func setupGo(env *testscript.Env) error {
	source, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE", "GOPROXY").Output()
	if err != nil {
		return err
	}
	caches := strings.Fields(string(out))
	env.Setenv("SLOT_SOURCE", source)
	env.Setenv("GOMODCACHE", caches[0])
	env.Setenv("GOCACHE", caches[1])
	env.Setenv("GOPROXY", caches[2]) // as this machine reaches modules
	env.Setenv("GOSUMDB", "off")
	env.Setenv("GOFLAGS", "-buildvcs=false") // a checkout may belong to another user
	return nil
}

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// guide FILE types the shell blocks of a document, literally and in one shell.
func guide(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: guide document")
	}
	var typed strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(ts.ReadFile(args[0]), -1) {
		typed.WriteString(block[1])
	}
	if typed.Len() == 0 {
		ts.Fatalf("%s has no block of shell commands", args[0])
	}
	file := filepath.Join(ts.Getenv("TMPDIR"), "guide.sh")
	ts.Check(os.WriteFile(file, []byte(typed.String()), 0o644))
	ts.Check(ts.Exec("sh", "-eux", file))
}
