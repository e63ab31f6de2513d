package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// repository makes a repository with one commit of files and returns it with
// a function that runs git in it.
func repository(t *testing.T, files map[string]string) (dir string, run func(args ...string) string) {
	t.Helper()
	dir = t.TempDir()
	run = func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q", "-b", "main")
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	run("add", "-A")
	run("commit", "-q", "-m", "First")
	return dir, run
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFetch_FollowsBranchesTagsAndCommits(t *testing.T) {
	origin, run := repository(t, map[string]string{"f": "1"})
	first := run("rev-parse", "HEAD")
	run("tag", "-a", "v1", "-m", "one")
	run("checkout", "-q", "-b", "dev")
	write(t, origin+"/f", "2")
	run("commit", "-qam", "Second")
	second := run("rev-parse", "HEAD")
	run("checkout", "-q", "main")

	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	for _, row := range []struct{ name, ref, hash, branch string }{
		{"no ref is HEAD", "", first, "main"},
		{"branch", "dev", second, "dev"},
		{"annotated tag", "v1", first, "v1"},
		{"whole commit", second, second, ""},
		{"short commit", second[:9], second, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := g.Fetch(t.Context(), "file://"+origin, mirror, row.ref)
			if err != nil {
				t.Fatal(err)
			}
			if c.Hash != row.hash || c.Branch != row.branch || c.Author != "Ada" {
				t.Errorf("got %+v, want %s on %q", c, row.hash, row.branch)
			}
		})
	}

	t.Run("a force push moves the branch", func(t *testing.T) {
		run("checkout", "-q", "dev")
		run("commit", "-q", "--amend", "-m", "Second, again")
		c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "dev")
		if err != nil || c.Subject != "Second, again" {
			t.Errorf("got %+v, %v", c, err)
		}
	})
}

func TestFetch_SaysWhatIsWrong(t *testing.T) {
	origin, _ := repository(t, map[string]string{"f": "1"})
	empty := t.TempDir()
	if out, err := exec.Command("git", "init", "-q", "--bare", empty).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for _, row := range []struct{ name, address, ref, text, hint string }{
		{"branch that is not there", "file://" + origin, "nope", `cannot find "nope"`, "it has: main"},
		{"commit that is not there", "file://" + origin, strings.Repeat("ab", 20), "no branch, tag or commit", "main"},
		{"no repository", "file:///nonexistent/x.git", "", "no git repository there", "path"},
		{"empty repository", "file://" + empty, "", "the repository is empty", "push"},
		{"refused connection", "http://127.0.0.1:1/x.git", "", "cannot reach http://127.0.0.1:1/x.git", ""},
		{"secret in the address", "http://user:hunter2@127.0.0.1:1/x.git", "", "cannot reach http://127.0.0.1:1/x.git", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := New(os.Environ()).Fetch(t.Context(), row.address, filepath.Join(t.TempDir(), "m.git"), row.ref)
			if err == nil {
				t.Fatal("no error")
			}
			e := slot.AsError(err)
			if !strings.Contains(e.Error(), row.text) || !strings.Contains(e.Hint, row.hint) {
				t.Errorf("got %q, hint %q", e, e.Hint)
			}
			if strings.Contains(e.Error()+e.Hint, "hunter2") {
				t.Error("the password is shown")
			}
		})
	}
}

func TestFetch_EndsWithItsContext(t *testing.T) {
	origin, _ := repository(t, map[string]string{"f": "1"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := New(os.Environ()).Fetch(ctx, "file://"+origin, filepath.Join(t.TempDir(), "m.git"), "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestExport_WritesFilesModesAndLinks(t *testing.T) {
	origin, run := repository(t, map[string]string{"a/b.txt": "text", "run.sh": "#!/bin/sh\n"})
	if err := os.Symlink("a/b.txt", origin+"/link"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(origin+"/run.sh", 0o755); err != nil {
		t.Fatal(err)
	}
	run("add", "-A")
	run("commit", "-qm", "Links")
	g, mirror, dst := New(os.Environ()), filepath.Join(t.TempDir(), "m.git"), t.TempDir()
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dst+"/link"); got != "text" {
		t.Errorf("link leads to %q", got)
	}
	if fi, err := os.Stat(dst + "/run.sh"); err != nil || fi.Mode().Perm() != 0o755 {
		t.Errorf("run.sh: %v %v", fi, err)
	}
	if _, err := os.Stat(dst + "/.git"); err == nil {
		t.Error("there is a .git")
	}
}

func TestExport_NeverWritesThroughALinkOutOfItsFolder(t *testing.T) {
	// A tree cannot hold both a link and files below it, but two commits can,
	// and what untar is given decides: it must refuse by itself.
	outside, dst := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, dst+"/d"); err != nil {
		t.Fatal(err)
	}
	origin, _ := repository(t, map[string]string{"d/f": "1"})
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(outside + "/f"); err == nil {
		t.Error("a file was written outside")
	}
}

func TestCopyTree_TakesWhatGitWouldAndSaysWhatDiffers(t *testing.T) {
	src, _ := repository(t, map[string]string{"kept": "1", "gone": "1", ".gitignore": "ignored\n"})
	write(t, src+"/new", "2")
	write(t, src+"/ignored", "x")
	if err := os.Remove(src + "/gone"); err != nil {
		t.Fatal(err)
	}
	dst := t.TempDir()
	c, err := New(os.Environ()).CopyTree(t.Context(), src, dst, "/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if !c.Dirty || c.Subject != "First" || c.Branch != "main" {
		t.Errorf("got %+v", c)
	}
	if read(t, dst+"/new") != "2" {
		t.Error("an untracked file is missing")
	}
	for _, name := range []string{"ignored", "gone", ".git"} {
		if _, err := os.Lstat(filepath.Join(dst, name)); err == nil {
			t.Errorf("%s was copied", name)
		}
	}
}

func TestCopyTree_TakesAPlainFolderWithoutModules(t *testing.T) {
	src, dst := t.TempDir(), t.TempDir()
	write(t, src+"/index.html", "hi")
	write(t, src+"/node_modules/x/index.js", "x")
	c, err := New(os.Environ()).CopyTree(t.Context(), src, dst, "/nowhere")
	if err != nil || c.Dirty || c.Hash != "" {
		t.Fatalf("got %+v %v", c, err)
	}
	if read(t, dst+"/index.html") != "hi" {
		t.Error("index.html differs")
	}
	if _, err := os.Stat(dst + "/node_modules"); err == nil {
		t.Error("node_modules was copied")
	}
}

func TestCopyTree_LeavesSlotsOwnState(t *testing.T) {
	src, dst := t.TempDir(), t.TempDir()
	write(t, src+"/index.html", "hi")
	write(t, src+"/.slot/secrets.json", "{}")
	if _, err := New(os.Environ()).CopyTree(t.Context(), src, dst, src+"/.slot"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dst + "/.slot"); err == nil {
		t.Error("slot's own state was copied")
	}
	if _, err := New(os.Environ()).CopyTree(t.Context(), src, t.TempDir(), src); err == nil {
		t.Error("the state folder itself was copied")
	}
}

func TestExport_WritesEveryFileAsCommitted(t *testing.T) {
	origin, _ := repository(t, map[string]string{
		".gitattributes": "docs export-ignore\nversion export-subst\n", "docs/a": "1", "version": "$Format:%H$",
	})
	g, mirror, dst := New(os.Environ()), filepath.Join(t.TempDir(), "m.git"), t.TempDir()
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Export(t.Context(), mirror, c.Hash, dst, ""); err != nil {
		t.Fatal(err)
	}
	if read(t, dst+"/docs/a") != "1" || read(t, dst+"/version") != "$Format:%H$" {
		t.Error("the export differs from the commit")
	}
}

func TestNew_LeavesTheUsersSSHCommand(t *testing.T) {
	config := filepath.Join(t.TempDir(), "gitconfig")
	write(t, config, "[core]\n\tsshCommand = my-ssh\n")
	sets := func(env ...string) bool {
		g := New(append([]string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent"}, env...))
		return slices.ContainsFunc(g.world.Load().env, func(kv string) bool { return strings.HasPrefix(kv, "GIT_SSH_COMMAND=ssh ") })
	}
	if !sets() {
		t.Error("without a setting ssh may ask questions that nobody hears")
	}
	if sets("GIT_CONFIG_GLOBAL="+config) || sets("GIT_SSH_COMMAND=other") || sets("GIT_SSH=other") {
		t.Error("the user's own ssh command is overridden")
	}
}
