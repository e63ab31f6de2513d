package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuild_MakesEveryPage(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site")
	if err := build("../..", out); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"index.html":               {`<img src="images/deploy.svg"`, `href="tutorial.html"`},
		"tutorial.html":            {`<h2 id="2-the-first-database">`, `aria-current="page"`, `slot deploy a .`},
		"commands.html":            {`<a href="help/slot-deploy.html"><code>slot deploy SLOT`, `<a href="help/slot-db-backup.html">`},
		"help/slot-deploy.html":    {`--no-cache`, `href="../style.css"`},
		"decisions/index.html":     {`href="../decisions/0001-keeper-daemon-apps.html"`},
		"coder.html":               {`href="index.html"`},
		"image.html":               {`href="https://github.com/slot-paas/slot/blob/main/Dockerfile"`},
		"architecture.html":        {`<figure class="floors">`, `<b>supervisor/deploy</b>`},
		"images/admin.png":         nil,
		"write-your-own-hook.html": {`<pre tabindex="0"><code class="language-sh">`},
	} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s has no %q", name, w)
			}
		}
		if strings.Contains(string(text), "not run here") || strings.Contains(string(text), "<script") {
			t.Errorf("%s has a comment of the source, or a script", name)
		}
	}
	if err := build("../..", out); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestBuild_EveryDocumentIsInTheNavigation(t *testing.T) {
	placed := map[string]bool{}
	for _, g := range navigation {
		for _, name := range g.Pages {
			placed[name] = true
		}
	}
	found, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(found) < 10 {
		t.Fatal(len(found), err)
	}
	for _, file := range found {
		if name := "docs/" + filepath.Base(file); !placed[name] {
			t.Logf("%s is below %q until internal/site/nav.go places it", name, navigation[2].Name)
		}
	}
	all, nav, err := pages("../..")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, g := range nav {
		shown += len(g.Pages)
	}
	for _, name := range all {
		if strings.HasPrefix(name, "docs/decisions/0") {
			shown++
		}
	}
	if shown != len(all) {
		t.Errorf("%d documents, %d are shown", len(all), shown)
	}
}

func TestFlowchart_PutsBoxesInRows(t *testing.T) {
	got := flowchart("  a[\"top<br/>the first\"] --> b\n  b --> c[\"left\"]\n  b --> d[\"right\"]\n  c & d --> e[\"below & all\"]\n  a --> e\n")
	want := "<figure class=\"floors\">\n<div>\n<div><b>top</b>the first</div>\n</div>\n<div>\n<div><b></b></div>\n</div>\n" +
		"<div>\n<div><b>left</b></div>\n<div><b>right</b></div>\n</div>\n<div>\n<div><b>below &amp; all</b></div>\n</div>\n</figure>\n"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestBuild_LeavesOtherFoldersAlone(t *testing.T) {
	out := t.TempDir()
	kept := filepath.Join(out, "thesis.txt")
	if err := os.WriteFile(kept, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := build("../..", out); err == nil || !strings.Contains(err.Error(), "name another folder") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}

func TestCheck_NamesLinksThatLeadNowhere(t *testing.T) {
	out := t.TempDir()
	for name, text := range map[string]string{
		"a.html": `<h2 id="x">x</h2><a href="b.html">b</a><a href="#x">x</a><a href="b.html#gone">gone</a><a href="c.html">c</a><img src="https://example.com/p.png">`,
		"b.html": `<a href="a.html#x">a</a>`,
	} {
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := check(out)
	if err == nil {
		t.Fatal("nothing found")
	}
	for _, want := range []string{"a.html links to b.html#gone", "a.html links to c.html", "loads https://example.com/p.png"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 3 {
		t.Errorf("%d findings, want 3: %v", n, err)
	}
}
