package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// row is what was measured of one app: medians, in seconds.
type row struct {
	app                                    string
	naive, prepare, hooks, whole, rollback float64
}

// bench is a slot of its own.
type bench struct {
	program, dir string
	env          []string
}

func newBench(program string, port int) (*bench, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "slot-bench-")
	if err != nil {
		return nil, err
	}
	return &bench{program: program, dir: dir, env: append(os.Environ(),
		"SLOT_HOME="+filepath.Join(dir, "state"), "SLOT_DATA="+filepath.Join(dir, "data"), "SLOT_BASE_PORT="+strconv.Itoa(port), "SLOT_ADMIN_PORT=0", "SLOT_WEBHOOK_PORT=0")}, nil
}

// close stops the slot and removes everything.
func (b *bench) close() {
	if err := b.run(b.dir, b.program, "down"); err != nil {
		fmt.Fprintln(os.Stderr, "deploy:", err)
		return // the folder may be in use
	}
	_ = os.RemoveAll(b.dir) // a temporary folder
}

// measure deploys the app n times by both ways, after a first time that fills
// the caches of both.
func (b *bench) measure(a app, example string, n int) (row, error) {
	origin := filepath.Join(b.dir, a.name)
	if err := b.commitAll(example, origin); err != nil {
		return row{}, err
	}
	naive, prepare, hooks, whole, rollback := []float64{}, []float64{}, []float64{}, []float64{}, []float64{}
	for i := range n + 1 {
		if err := b.change(a, origin, i); err != nil {
			return row{}, err
		}
		took, err := b.naive(a, origin)
		if err != nil {
			return row{}, err
		}
		begin := time.Now()
		d, err := b.deploy("deploy", "a", origin)
		if err != nil {
			return row{}, err
		}
		if i == 0 {
			continue
		}
		naive, whole = append(naive, took.Seconds()), append(whole, time.Since(begin).Seconds())
		prepare = append(prepare, d.seconds("fetch", "detect", "build"))
		hooks = append(hooks, d.seconds("detect", "build")-d.commands())
		begin = time.Now()
		if _, err := b.deploy("rollback", "a"); err != nil {
			return row{}, err
		}
		rollback = append(rollback, time.Since(begin).Seconds())
	}
	return row{a.name, median(naive), median(prepare), median(hooks), median(whole), median(rollback)}, nil
}

// naive is the way without slot.
func (b *bench) naive(a app, origin string) (time.Duration, error) {
	dir := filepath.Join(b.dir, "naive-"+a.name)
	begin := time.Now()
	if err := os.RemoveAll(dir); err != nil {
		return 0, err
	}
	if err := b.run(b.dir, "git", "clone", "-q", "file://"+origin, dir); err != nil {
		return 0, err
	}
	err := b.run(dir, "sh", "-c", a.script)
	return time.Since(begin), err
}

// commitAll makes a repository of an example's folder, without what is ignored.
func (b *bench) commitAll(example, origin string) error {
	if err := os.CopyFS(origin, os.DirFS(example)); err != nil {
		return err
	}
	for _, dir := range []string{"node_modules", ".venv", "dist"} {
		if err := os.RemoveAll(filepath.Join(origin, dir)); err != nil {
			return err
		}
	}
	if err := b.run(origin, "git", "init", "-q", "-b", "main"); err != nil {
		return err
	}
	return b.commit(origin, "first")
}

// change commits a change of the source.
func (b *bench) change(a app, origin string, i int) error {
	f, err := os.OpenFile(filepath.Join(origin, a.touch), os.O_APPEND|os.O_WRONLY, fs.FileMode(0))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(f, "\n"+a.line+"\n", i); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return b.commit(origin, "change "+strconv.Itoa(i))
}

func (b *bench) commit(origin, message string) error {
	if err := b.run(origin, "git", "add", "-A"); err != nil {
		return err
	}
	return b.run(origin, "git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "-m", message)
}

// deployment is what slot tells of one.
type deployment struct {
	Steps []struct {
		Name       string `json:"name"`
		DurationMS int64  `json:"duration_ms"`
	} `json:"steps"`
}

func (b *bench) deploy(args ...string) (deployment, error) {
	cmd := exec.Command(b.program, append(args, "--json")...)
	cmd.Env = b.env
	out, err := cmd.Output()
	if err != nil {
		return deployment{}, fmt.Errorf("slot %v: %w\n%s", args, err, out)
	}
	var d deployment
	err = json.Unmarshal(out, &d)
	return d, err
}

// seconds sums the steps of these names.
func (d deployment) seconds(names ...string) float64 {
	ms := int64(0)
	for _, s := range d.Steps {
		if slices.Contains(names, s.Name) {
			ms += s.DurationMS
		}
	}
	return float64(ms) / 1000
}

// commands sums what the hook's own steps took: they have names of their own.
func (d deployment) commands() float64 {
	own := []string{"fetch", "detect", "build", "release", "start", "check", "switch", "drain", "prune"}
	ms := int64(0)
	for _, s := range d.Steps {
		if !slices.Contains(own, s.Name) {
			ms += s.DurationMS
		}
	}
	return float64(ms) / 1000
}

func (b *bench) run(dir, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = dir, b.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", program, args, err, out)
	}
	return nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
