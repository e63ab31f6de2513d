package hooks

import (
	"cmp"
	"errors"
	"io/fs"

	"github.com/slot-paas/slot/slot"
)

// Detector is the frame of a hook's Detect: the app's folder is opened, read
// into an A, and judged. It leaves to the hook what differs.
type Detector[A any] struct {
	Language string
	Looks    []string // the files it looks for, which are the evidence of a no
	Broken   int      // the score of an app of this kind whose files cannot be understood

	// Read looks at the files. An error that wraps fs.ErrNotExist says that the
	// app is none of this hook's; a *Failure, that it is, with a mistake in it.
	Read func(*Files, App) (*A, error)
	// Judge makes a detection of what was read. Matched and Language are set
	// already.
	Judge func(*Detection, *Files, *A)
}

// Detect runs the frame on one app. It returns an error only for a folder that
// cannot be read.
func (f Detector[A]) Detect(in App) (Detection, error) {
	none := Detection{Evidence: f.Looks}
	files, err := OpenFiles(in.AppDir)
	if err != nil {
		return none, err
	}
	defer files.Close()
	app, err := f.Read(files, in)
	d := Detection{Matched: true, Language: f.Language}
	var failure *Failure
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return none, nil
	case errors.As(err, &failure):
		d.Score, d.Evidence = f.Broken, []string{cmp.Or(failure.Diagnostic.File, f.Looks[0])}
		d.Diagnostics = []slot.Diagnostic{failure.Diagnostic}
	case err != nil:
		return none, err
	default:
		f.Judge(&d, files, app)
	}
	if !d.Matched { // which the whole of the files says
		return none, nil
	}
	return d, nil
}
