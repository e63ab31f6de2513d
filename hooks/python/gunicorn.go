package python

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// closeControl starts gunicorn without its control socket where the installed
// version has one: its place is in the user's home, one for all apps, and each
// that ends would take it from the others. Source: gunicorn 25 and newer.
func (j *job) closeControl(plan *slot.LaunchPlan) {
	const option = "--no-control-socket"
	found, _ := filepath.Glob(filepath.Join(j.venv, "lib", "python*", "site-packages", "gunicorn", "config.py"))
	for _, file := range found {
		if text, err := os.ReadFile(file); err != nil || !bytes.Contains(text, []byte(option)) {
			continue
		}
		for i := range plan.Processes {
			p := &plan.Processes[i]
			p.Shell = strings.Replace(p.Shell, "python -m gunicorn ", "python -m gunicorn "+option+" ", 1)
		}
		return
	}
}
