package deploy

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// filesShown is how many files a warning names.
const filesShown = 3

// tellWhatIsDropped warns of what the live release's app wrote into its own
// folder: the deployment under way replaces it.
func (r *run) tellWhatIsDropped() {
	l := r.lane
	live, err := l.e.Store.Release(l.name, l.e.Store.State(l.name).Release)
	if err != nil {
		return // nothing was deployed yet
	}
	artefact := l.e.Store.Layout().Artefact(l.name, live.Artefact)
	built, ok := readSeal(artefact, startedSeal)
	if !ok {
		return
	}
	root := path.Clean(live.Source.Root)
	files, err := built.writtenBelow(filepath.Join(artefact, "src"), root)
	if err != nil {
		l.e.Log.Warn("cannot look for what the app wrote", slot.KeySlot, l.name, slot.KeyError, err)
		return
	}
	own := map[string]bool{}
	for name := range built.names {
		if rel, ok := below(name, root); ok {
			own[rel] = true
		}
	}
	var dropped []string
	for _, name := range files {
		rel, _ := below(name, root)
		if rel = database(rel); !r.takenOver(rel) && !slices.Contains(dropped, rel) {
			dropped = append(dropped, rel)
		}
	}
	if len(dropped) == 0 {
		return
	}
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "app.writes_into_release",
		Summary: fmt.Sprintf("the app wrote %s into the folder of release %d, which this deployment replaces", some(dropped), live.ID),
		Hint:    l.persistHint(r.cfg.Persist, remedy(dropped, own, r.cfg.Persist)),
		Detail:  strings.Join(dropped[:min(len(dropped), 100)], "\n"),
	})
}

// persistHint says how files are kept that a deployment replaces; the rollback
// makes the release live again whose folder has them.
func (l *lane) persistHint(now, wanted []string) string {
	if slices.Equal(now, wanted) {
		return "let the app write into the folder that the variable SLOT_STORAGE names"
	}
	value := strings.Join(wanted, ",")
	if strings.Count(value, ",") >= len(wanted) { // a comma is part of a name
		list, err := json.Marshal(wanted)
		if err != nil {
			return ""
		}
		value = string(list)
	}
	return fmt.Sprintf("slot config set %s, then slot rollback %s and slot deploy %s: these files are live again, and outlive deployments",
		shellWord(fmt.Sprintf("%s.persist=%s", l.name, value)), l.name, l.name)
}

// takenOver reports whether the file lies at a path that this deployment
// brings into the slot's storage.
func (r *run) takenOver(rel string) bool {
	paths, _ := r.cfg.Kept()
	for _, p := range paths {
		if slot.Within(rel, p) {
			return !exists(filepath.Join(r.lane.storage(), p))
		}
	}
	return false
}

// some names the first files and counts the others.
func some(files []string) string {
	text := strings.Join(files[:min(len(files), filesShown)], ", ")
	if more := len(files) - filesShown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// pictures are files of a repository that may stand among uploads.
var pictures = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".pdf", ".mp3", ".mp4", ".txt", ".md"}

// remedy returns what persist must hold for the written files to be kept: for
// each the highest folder that has none of the program's files in it, else the
// file itself; besides what is kept already. own has the files of the build.
func remedy(written []string, own map[string]bool, persist []string) []string {
	has := map[string]bool{}
	for name := range own {
		if slices.Contains(pictures, strings.ToLower(path.Ext(name))) {
			continue
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			has[dir] = true
		}
	}
	keep := slices.Clone(persist)
	for _, name := range written {
		choice := name
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			// A kept file that was replaced needs its folder kept.
			if !has[dir] || choice == name && slices.Contains(persist, name) {
				choice = dir
			}
		}
		keep = slices.DeleteFunc(keep, func(k string) bool { return k != choice && slot.Within(path.Clean(k), choice) })
		if !slices.ContainsFunc(keep, func(k string) bool { return slot.Within(choice, path.Clean(k)) }) {
			keep = append(keep, choice)
		}
	}
	return keep
}

// database is the database of one of SQLite's files beside it.
func database(name string) string {
	for _, suffix := range companions {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			return base
		}
	}
	return name
}

// below returns the path relative to dir; false where it is not in it.
func below(name, dir string) (string, bool) {
	if dir == "." {
		return name, true
	}
	return strings.CutPrefix(name, dir+"/")
}

// shellWord quotes a word where a shell would not take it as it is.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=,:@%+", r)
	}
	if strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
