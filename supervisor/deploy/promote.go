package deploy

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/kept"
	"github.com/slot-paas/slot/slot"
)

// admitPromotion chooses the other slot's live release where none is named.
func (l *lane) admitPromotion(req *slot.Request) error {
	from, err := slot.ParseName(string(req.From))
	if err != nil {
		return err
	}
	if from == l.name {
		return slot.E(slot.KindUsage, "slot rollback "+string(l.name)+" brings back a release of the slot itself",
			fmt.Errorf("slot %s cannot be promoted to itself", from))
	}
	req.From = from
	if req.Release == 0 {
		req.Release = l.e.Store.State(from).Release
	}
	if req.Release == 0 {
		return slot.E(slot.KindNotFound, fmt.Sprintf("slot deploy %s https://github.com/you/app", from),
			fmt.Errorf("nothing was deployed to slot %s yet", from))
	}
	_, err = l.e.Store.Release(from, req.Release)
	return err
}

// preparePromotion makes the release that is to be: the other slot's artefact
// under a path of this slot, with this slot's variables.
// docs/decisions/0015-promotion.md says why it is a copy.
func (r *run) preparePromotion(state slot.SlotState) error {
	e, req := r.lane.e, r.job.req
	source, err := e.Store.Release(req.From, req.Release)
	if err != nil {
		return err
	}
	pinned := []slot.Origin{{Slot: req.From, Artefact: source.Artefact}}
	if source.Origin.Slot != "" {
		pinned = append(pinned, source.Origin)
	}
	if r.unpin, err = e.artefacts.pin(pinned...); err != nil {
		return err
	}
	r.fresh, r.source, r.release = true, source, source
	r.release.Slot, r.release.Artefact, r.release.Origin = r.lane.name, state.LastRelease+1, pinned[len(pinned)-1]
	r.job.update(func(d *slot.Deployment) { d.From, d.FromRelease = req.From, source.ID })
	return nil
}

// copyArtefact makes the copy that the release runs from: what was built, not
// what the other slot's app wrote since.
func (r *run) copyArtefact(ctx context.Context) (string, error) {
	lay := r.lane.e.Store.Layout()
	from := lay.Artefact(r.source.Slot, r.source.Artefact)
	partial := r.artefact + ".partial"
	for _, dir := range []string{partial, r.artefact} {
		if err := os.RemoveAll(dir); err != nil {
			return "", err
		}
	}
	if err := os.Mkdir(partial, 0o755); err != nil {
		return "", err
	}
	c := copying{from: from, to: r.artefact, storage: lay.Storage(r.source.Slot)}
	c.built, c.sealed = readSeal(from, builtSeal)
	for _, part := range []string{"src", "out"} {
		err := kept.Copy(ctx, filepath.Join(from, part), filepath.Join(partial, part), c.options(part))
		if err != nil && !(part == "out" && os.IsNotExist(err)) {
			return "", fmt.Errorf("cannot copy release %d of slot %s: %w", r.source.ID, r.source.Slot, err)
		}
	}
	if err := c.bringBack(ctx, partial); err != nil {
		return "", err
	}
	if err := os.Rename(partial, r.artefact); err != nil {
		return "", err
	}
	c.plan(&r.release.Plan)
	if err := writeSeal(r.artefact, builtSeal); err != nil {
		return "", err
	}
	r.tellBuiltIn()
	return fmt.Sprintf("release %d of slot %s: %s", r.source.ID, r.source.Slot, describe(r.source.Source)), nil
}

// copying is one copy of an artefact on its way.
type copying struct {
	from, to string // the artefacts
	storage  string // of the slot that it comes from
	built    seal
	sealed   bool
	links    []string // to the storage, relative to the artefact
}

func (c *copying) options(part string) kept.CopyOptions {
	return kept.CopyOptions{
		From: c.from + "/", To: c.to + "/",
		Share: func(rel string) bool { return dependency(rel) && !namesPath(rel) },
		Leave: func(rel string, d fs.DirEntry) bool {
			if d.Type()&fs.ModeSymlink != 0 {
				return c.leadsToStorage(part, rel)
			}
			return part == "src" && c.sealed && d.Type().IsRegular() && ownPath(rel) && !c.built.names[sealed(filepath.ToSlash(rel))]
		},
	}
}

// leadsToStorage reports whether the link is one of a kept path.
func (c *copying) leadsToStorage(part, rel string) bool {
	at := filepath.Join(c.from, part, rel)
	target, err := os.Readlink(at)
	if err != nil {
		return false
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(at), target)
	}
	if !strings.HasPrefix(target, c.storage+"/") {
		return false
	}
	c.links = append(c.links, filepath.Join(part, rel))
	return true
}

// bringBack copies what the build had where the links are: it was put aside.
func (c *copying) bringBack(ctx context.Context, partial string) error {
	for _, link := range c.links {
		rel := strings.TrimPrefix(link, "src/")
		aside := filepath.Join(c.from, asideName, rel)
		if !exists(aside) {
			continue
		}
		if err := kept.Copy(ctx, aside, filepath.Join(partial, link), kept.CopyOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// plan makes the launch plan name the copy.
func (c *copying) plan(p *slot.LaunchPlan) {
	renamed := strings.NewReplacer(c.from+"/", c.to+"/")
	p.Processes = slices.Clone(p.Processes)
	for i := range p.Processes {
		p.Processes[i].Argv = slices.Clone(p.Processes[i].Argv)
		for j, arg := range p.Processes[i].Argv {
			p.Processes[i].Argv[j] = renamed.Replace(arg)
		}
		p.Processes[i].Shell = renamed.Replace(p.Processes[i].Shell)
	}
	p.Env = maps.Clone(p.Env)
	for name, v := range p.Env {
		p.Env[name] = renamed.Replace(v)
	}
}

// ownPath reports whether the file is one of those that a seal lists.
func ownPath(rel string) bool {
	folders := strings.Split(filepath.ToSlash(rel), "/")
	name := folders[len(folders)-1]
	return !toolFile(name) && !slices.ContainsFunc(folders[:len(folders)-1], toolFolder)
}

// dependency reports whether the file belongs to installed packages.
func dependency(rel string) bool {
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(filepath.Dir(rel)), "/"), func(dir string) bool {
		return dir == "node_modules" || dir == ".venv" || dir == "vendor"
	})
}

// namesPath tells the files of packages that hold the path of their folder:
// programs' first lines, and what leads to packages that stand elsewhere.
func namesPath(rel string) bool {
	switch name := filepath.Base(rel); filepath.Ext(name) {
	case ".pth", ".cfg", ".json", ".yaml", ".egg-link":
		return true
	default:
		dir := filepath.Base(filepath.Dir(rel))
		return dir == "bin" || dir == ".bin" || strings.HasPrefix(name, "__editable__")
	}
}

// tellBuiltIn warns of variables that the build wrote into its files with the
// other slot's values.
func (r *run) tellBuiltIn() {
	theirs, ours := buildEnv(r.source.Env), buildEnv(r.release.Env)
	var differ []string
	for name, v := range theirs {
		if ours[name] != v {
			differ = append(differ, name)
		}
	}
	for name := range ours {
		if _, there := theirs[name]; !there {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		return
	}
	slices.Sort(differ)
	r.job.diagnose(slot.Diagnostic{
		Severity: slot.SeverityWarning, Code: "promote.built_in",
		Summary: fmt.Sprintf("slot %s was built with another value of %s, which may stand in its files", r.source.Slot, some(differ)),
		Hint:    fmt.Sprintf("slot deploy %s builds with the slot's own", r.lane.name),
	})
}
