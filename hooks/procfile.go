package hooks

import (
	"errors"
	"io/fs"

	"github.com/slot-paas/slot/internal/procfile"
	"github.com/slot-paas/slot/slot"
)

// Procfile returns the processes of the app's Procfile in its order, none
// without the file. A file that cannot be read as one gives a *Failure. The
// host lays them over the plan of whatever hook wins, so a hook needs this
// only to know whether it has to find a web process itself.
func Procfile(files *Files) ([]slot.Process, error) {
	data, err := files.Read(procfile.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var entries []procfile.Entry
	if err == nil {
		entries, err = procfile.Parse(data)
	}
	if err != nil {
		d := slot.Diagnostic{Severity: slot.SeverityError, Code: "procfile.invalid", Summary: err.Error(), File: procfile.Name}
		var wrong *procfile.Error
		if errors.As(err, &wrong) {
			d.Line, d.Hint = wrong.Line, wrong.Hint
		}
		return nil, Fail(d)
	}
	return each(entries, func(e procfile.Entry) slot.Process { return Command(e.Name, e.Command) }), nil
}
