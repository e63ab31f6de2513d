package commands_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// database gives the script a data folder that PostgreSQL's user can reach,
// and ports of its own.
func database(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: database")
	}
	dir, err := os.MkdirTemp("", "slot-data")
	ts.Check(err)
	ts.Check(os.Chmod(dir, 0o755))
	ts.Defer(func() {
		bin, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
		down(filepath.Join(bin, "slot"), []string{"SLOT_HOME=" + ts.Getenv("SLOT_HOME"), "HOME=" + ts.Getenv("HOME"), "PATH=" + ts.Getenv("PATH")})
		_ = syscall.Unmount(filepath.Join(dir, "data"), syscall.MNT_DETACH) // where a script put a small disk there
		os.RemoveAll(dir)
	})
	ports := freePorts()
	ts.Setenv("SLOT_DATA", filepath.Join(dir, "data"))
	ts.Setenv("SLOT_POSTGRES_PORT", strconv.Itoa(ports))
	ts.Setenv("SLOT_PGADMIN_PORT", strconv.Itoa(ports+1))
	ts.Setenv("PGADMIN", fmt.Sprintf("http://127.0.0.1:%d", ports+1))
}

// hasPostgres is the condition of scripts that need a server; where it is
// promised they run, and fail without.
func hasPostgres() bool {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	_, err := exec.LookPath("psql")
	return len(bins) > 0 && err == nil || os.Getenv("SLOT_TEST_STRICT") == "1"
}
