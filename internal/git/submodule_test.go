package git

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/slot"
)

// TestResolve_AgreesWithGit asks git submodule init for the same addresses.
func TestResolve_AgreesWithGit(t *testing.T) {
	dir, run := repository(t, map[string]string{"f": "1"})
	run("update-index", "--add", "--cacheinfo", "160000,"+run("rev-parse", "HEAD")+",lib")
	compared := 0
	for _, parent := range []string{
		"https://host/you/app", "https://host/you/app.git/", "https://token@host:8443/you/app",
		"git@host:you/app", "git@host:app", "/srv/git/app", "file:///srv/git/app.git",
	} {
		run("config", "remote.origin.url", parent)
		for _, url := range []string{"../lib", "./lib", "../../team/lib", "../lib/", ".././lib", "https://other/lib"} {
			write(t, dir+"/.gitmodules", "[submodule \"x\"]\n\tpath = lib\n\turl = "+url+"\n")
			cmd := exec.Command("git", "submodule", "--quiet", "init")
			cmd.Dir = dir
			if cmd.Run() != nil {
				continue // git refuses it; what we make of it, ParseRepository judges
			}
			compared++
			if got, want := resolve(parent, url), run("config", "submodule.x.url"); got != want {
				t.Errorf("%s in %s is %s, to git %s", url, parent, got, want)
			}
			run("config", "--remove-section", "submodule.x")
		}
	}
	if compared < 35 {
		t.Errorf("git took %d addresses only", compared)
	}
}

func TestSubmoduleAddress_RefusesFoldersOfThisMachineToOthers(t *testing.T) {
	for _, tt := range []struct {
		parent, url string
		kind        slot.Kind // "" for taken
	}{
		{"/srv/app", "../lib", ""},
		{"/srv/app", "https://host/lib", ""},
		{"file:///srv/app", "file:///srv/lib", ""},
		{"https://host/you/app", "../lib", ""},
		{"https://host/you/app", "/srv/lib", slot.KindRefused},
		{"https://host/you/app", "file:///srv/lib", slot.KindRefused},
		{"git@host:app", "file:///srv/lib", slot.KindRefused},
		{"https://host/you/app", "../../../../../../etc", slot.KindUsage},
		{"https://host/you/app", "ext::sh -c x", slot.KindUsage},
		{"https://host/you/app", "--upload-pack=x", slot.KindUsage},
	} {
		t.Run(tt.url, func(t *testing.T) {
			_, err := submoduleAddress(tt.parent, tt.url)
			switch {
			case tt.kind == "" && err == nil:
			case err == nil, slot.AsError(err).Kind != tt.kind:
				t.Errorf("in %s: %v", tt.parent, err)
			}
		})
	}
}

func TestSubmodules_ListsThemWithTheirAddresses(t *testing.T) {
	origin, run := repository(t, map[string]string{
		"f": "1", ".gitmodules": "[submodule \"libs\"]\n\tpath = libs/a b\n\turl = ../lib\n\tupdate = !touch pwned\n" +
			"[submodule \"gone\"]\n\tpath = gone\n\turl = ../gone\n[include]\n\tpath = /etc/gitconfig\n",
	})
	head := run("rev-parse", "HEAD")
	run("update-index", "--add", "--cacheinfo", "160000,"+head+",libs/a b")
	run("update-index", "--add", "--cacheinfo", "160000,"+head+",forgotten")
	run("commit", "-qm", "Modules")
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	all, err := g.Submodules(t.Context(), "file://"+origin, mirror, c.Hash)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("[{forgotten  %s} {libs/a b file://%s/lib %s}]", head, filepath.Dir(origin), head)
	if got := fmt.Sprint(all); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSubmodules_ExplainsATornList(t *testing.T) {
	origin, run := repository(t, map[string]string{".gitmodules": "[submodule"})
	run("update-index", "--add", "--cacheinfo", "160000,"+run("rev-parse", "HEAD")+",lib")
	run("commit", "-qm", "Modules")
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Submodules(t.Context(), "file://"+origin, mirror, c.Hash)
	if err == nil || !strings.Contains(err.Error(), ".gitmodules") || slot.AsError(err).Hint == "" {
		t.Errorf("got %v", err)
	}
}

func TestFetchSubmodule_TakesThePinnedCommitAndSaysWhatIsMissing(t *testing.T) {
	origin, run := repository(t, map[string]string{"f": "1"})
	first := run("rev-parse", "HEAD")
	write(t, origin+"/f", "2")
	run("commit", "-qam", "Second")
	second := run("rev-parse", "HEAD")
	run("checkout", "-q", "--detach")
	run("branch", "-f", "main", first) // the second commit is on no branch
	run("update-ref", "refs/pull/1/head", second)
	run("checkout", "-q", "main")
	run("config", "uploadpack.allowAnySHA1InWant", "true")
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	for _, hash := range []string{first, second} {
		s := Submodule{Path: "libs/x", Address: "file://" + origin, Commit: hash}
		if err := g.FetchSubmodule(t.Context(), s, mirror); err != nil {
			t.Fatal(err)
		}
		if c, err := g.commit(t.Context(), mirror, hash, bare); err != nil || c.Hash != hash {
			t.Errorf("got %+v, %v", c, err)
		}
	}
	// What is there needs no remote.
	if err := g.FetchSubmodule(t.Context(), Submodule{Path: "x", Address: "file:///nowhere", Commit: second}, mirror); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		name, address, commit, text, hint string
	}{
		{"a repository that is not there", "file:///nowhere/lib", first, "no git repository there", "path"},
		{"a commit that was not pushed", "file://" + origin, strings.Repeat("1", 40), "has no commit 1111111", "git push --recurse-submodules"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := g.FetchSubmodule(t.Context(), Submodule{Path: "libs/x", Address: tt.address, Commit: tt.commit}, filepath.Join(t.TempDir(), "m.git"))
			e := slot.AsError(err)
			if err == nil || !strings.Contains(e.Error(), `"libs/x"`) || !strings.Contains(e.Error(), tt.text) || !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("got %v, hint %q", err, e.Hint)
			}
		})
	}
}

func TestExport_NeverLeavesItsFolderForASubmodule(t *testing.T) {
	outside, dst := t.TempDir(), t.TempDir()
	origin, _ := repository(t, map[string]string{"f": "1"})
	g, mirror := New(os.Environ()), filepath.Join(t.TempDir(), "m.git")
	c, err := g.Fetch(t.Context(), "file://"+origin, mirror, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(outside, dst+"/link"), os.Symlink(filepath.Dir(outside), dst+"/up")); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"..", "../x", "a/../../x", "/tmp/x", "link", "link/x", "up/x"} {
		if err := g.Export(t.Context(), mirror, c.Hash, dst, folder); err == nil {
			t.Errorf("it was written to %q", folder)
		}
		if err := Empty(dst, folder); err == nil {
			t.Errorf("%q was emptied", folder)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside are %v, %v", entries, err)
	}
	if err := g.Export(t.Context(), mirror, c.Hash, dst, "libs/x"); err != nil || read(t, dst+"/libs/x/f") != "1" {
		t.Errorf("got %v", err)
	}
}

func TestCopyTree_TakesTheFilesOfSubmodules(t *testing.T) {
	lib, _ := repository(t, map[string]string{"lib.js": "lib", ".gitignore": "dist\n"})
	src, run := repository(t, map[string]string{"f": "1"})
	add := func(path string) {
		run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "file://"+lib, path)
	}
	add("libs/there")
	add("libs/gone")
	run("commit", "-qm", "Modules")
	run("submodule", "--quiet", "deinit", "libs/gone")
	write(t, src+"/libs/there/new.js", "new")
	write(t, src+"/libs/there/dist/x", "ignored")
	dst := t.TempDir()
	c, err := New(os.Environ()).CopyTree(t.Context(), src, dst, "/nowhere")
	if err != nil || !c.Dirty || fmt.Sprint(c.Empty) != "[libs/gone]" {
		t.Errorf("got %+v, %v", c, err)
	}
	if read(t, dst+"/libs/there/lib.js") != "lib" || read(t, dst+"/libs/there/new.js") != "new" {
		t.Error("the submodule's files differ")
	}
	for _, name := range []string{"libs/there/.git", "libs/there/dist"} {
		if exists(dst + "/" + name) {
			t.Errorf("%s was copied", name)
		}
	}
}
