package commands_test

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slot-paas/slot/internal/sandbox"
)

// scriptCommands are the words that scripts have besides testscript's own.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"code":    code,
		"http":    get,
		"repo":    repo,
		"until":   until,
		"signal":  sendSignal,
		"tmpfs":   tmpfs,
		"guide":   guide,
		"strict":  strict,
		"index":   index,
		"deliver": deliver,
		"burst":   burst,
		"github":  showGitHub,

		"database": database,
		"json":     jsonOf,
	}
}

func scriptCondition(cond string) (bool, error) {
	switch cond {
	case "root":
		return os.Getuid() == 0, nil
	case "landlock":
		return sandbox.Kernel().Files, nil
	case "scopes":
		return sandbox.Kernel().Signals && sandbox.Kernel().Abstract, nil
	case "postgres":
		return hasPostgres(), nil
	case "strict": // what is missing fails the script
		return os.Getenv("SLOT_TEST_STRICT") != "", nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}
