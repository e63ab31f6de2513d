package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatus_IsWatchedInATerminal(t *testing.T) {
	d := newSetupDesk(t)
	d.press("slot up; tmux -S "+d.socket+" resize-window -x 60 -y 20; slot status --watch; echo code $?.", "Enter")
	screen := d.wait(`(?s)slot status .*SLOT .*\na     empty .*…\n.*e     empty`)
	if strings.Contains(screen, "slot up") {
		t.Errorf("it is not a screen of its own:\n%s", screen)
	}
	d.run(t, filepath.Join(strings.Split(strings.TrimPrefix(d.env[0], "PATH="), string(os.PathListSeparator))[0], "slot"), "deploy", "b", filepath.Join(d.dir, "site"))
	d.wait(fmt.Sprintf(`b     live +http://127\.0\.0\.1:%d`, d.base+1))
	d.press("C-c")
	d.wait(`(?s)slot is up; .*code 0\.`)

	d.press("clear; slot status", "Enter")
	d.wait(`(?s)SLOT .*LAST DEPLOYMENT\n.*\nnext:\n  slot deploy a URL\n  slot deploy c URL\n`)
}
