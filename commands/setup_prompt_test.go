package commands_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slot-paas/slot/internal/github/githubtest"
)

// setupDesk is a terminal with two repositories "on GitHub" and a folder.
type setupDesk struct {
	*terminal
	dir  string
	base int
	env  []string
	hub  *githubtest.Server
}

func newSetupDesk(t *testing.T) *setupDesk {
	d := &setupDesk{dir: t.TempDir(), base: freePorts(), hub: githubtest.New()}
	t.Cleanup(d.hub.Close)
	bin := buildSlot(t)
	d.file(t, "github/me/app.git/index.html", "the app")
	d.file(t, "github/me/blog.git/index.html", "the blog")
	d.file(t, "site/index.html", "the site")
	d.file(t, ".gitconfig", "[url \"file://"+d.dir+"/github/\"]\n\tinsteadOf = https://github.com/\n[user]\n\tname = Ada\n\temail = ada@example.com\n")
	d.env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + d.dir, "CI=", "PS1=$ ", "GIT_CONFIG_GLOBAL=" + filepath.Join(d.dir, ".gitconfig"),
		"SLOT_HOME=" + filepath.Join(d.dir, "state"), fmt.Sprintf("SLOT_BASE_PORT=%d", d.base), "SLOT_ADMIN_PORT=0", fmt.Sprintf("SLOT_WEBHOOK_PORT=%d", d.base+6),
		"GITHUB_API_URL=" + d.hub.URL, "GITHUB_TOKEN=" + githubtest.Token,
	}
	for _, name := range []string{"me/app", "me/blog"} {
		repo := filepath.Join(d.dir, "github", name+".git")
		for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "First"}} {
			d.run(t, "git", append([]string{"-C", repo}, args...)...)
		}
		d.hub.AddRepository(name, name == "me/app")
	}
	d.run(t, "git", "-C", filepath.Join(d.dir, "github/me/blog.git"), "branch", "drafts")
	t.Cleanup(func() { d.run(t, filepath.Join(bin, "slot"), "down") })
	d.terminal = newTerminal(t, d.dir, d.env...)
	return d
}

func (d *setupDesk) file(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (d *setupDesk) run(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = d.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// answer waits for a question and presses keys.
func (d *setupDesk) answer(question string, keys ...string) {
	d.t.Helper()
	d.wait(question)
	d.waitForKeys()
	d.press(keys...)
}

func TestSetup_AsksInATerminal(t *testing.T) {
	d := newSetupDesk(t)

	// Slot a from the list, b with a folder after a mistake, and no at the end.
	d.press("slot setup; echo code $?.", "Enter")
	d.wait(`slot setup, outside of Coder; slot does not run yet`)
	d.answer(`> \[x\]  a: empty`, "Down", "Space", "Enter")
	d.answer(`(?s)slot a run\?.*> me/app\n +me/blog\n +another address, or a folder`, "blog", "Enter")
	d.answer(`(?s)Which branch of blog\?.*> its default branch \(main\)\n +drafts\n`, "Down", "Enter")
	d.answer(`slot b run\?.*Use arrows`, "another", "Enter")
	d.answer(`slot b run\? \[`, "file://"+d.dir+"/gone", "Enter")
	d.wait(`(?s)cannot reach file://.*/gone.*try: check the path`)
	d.answer(`(?s)check the path.*slot b run\?.*Use arrows`, "another", "Enter")
	d.answer(`(?s)check the path.*slot b run\? \[`, "site", "Enter")
	d.answer(`A PostgreSQL database for each app\? \(y/N\)`, "Enter")
	d.answer(`Deploy at each push\? GitHub is told to call slot. \(Y/n\)`, "Enter")
	d.answer(`leads to slot's webhook from outside\?`, "C-u", "https://hooks.example.com/webhook", "Enter")
	screen := d.wait(`Do it\? \(Y/n\)`)
	for _, want := range []string{
		"slot      is started; its state is in " + d.dir + "/state",
		"slot a    https://github.com/me/blog.git, drafts, now at ",
		"slot b    " + d.dir + "/site, the folder as it is",
		"webhook   me/blog on GitHub calls https://hooks.example.com/webhook at each push",
		"deploy    slot a, b",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not on the screen:\n%s", want, screen)
		}
	}
	d.waitForKeys()
	d.press("n", "Enter")
	d.wait(`(?s)slot: canceled; nothing is changed.*code 8\.`)
	d.press("clear; slot setup; echo code $?.", "Enter")
	d.answer(`\[x\]  a: empty`, "C-c")
	d.wait(`(?s)slot: canceled.*code 8\.`)
	if _, err := os.Stat(filepath.Join(d.dir, "state")); err == nil || len(d.hub.Hooks()) > 0 {
		t.Errorf("something was made: %v, %v", err, d.hub.Hooks())
	}
}

func TestSetup_DoesWhatWasAgreedAndOffersItAgain(t *testing.T) {
	d := newSetupDesk(t)
	d.press("slot setup --database=false; echo code $?.", "Enter")
	d.answer(`> \[x\]  a: empty`, "Enter")
	d.answer(`(?s)slot a run\?.*> me/app`, "Down", "Enter")
	d.answer(`Which branch of blog\?`, "drafts", "Enter")
	d.answer(`Deploy at each push\?`, "n", "Enter")
	d.answer(`Do it\? \(Y/n\)`, "Enter")
	screen := d.wait(`(?s)live     release 1 in .*SLOT  ADDRESS\na     http://127\.0\.0\.1:\d+\n.*code 0\.`)
	if strings.Contains(screen, "PostgreSQL") {
		t.Errorf("it asked what a flag had answered:\n%s", screen)
	}
	if _, body, err := fetch(fmt.Sprintf("http://127.0.0.1:%d", d.base)); err != nil || body != "the blog" {
		t.Errorf("got %q, %v", body, err)
	}

	// Again: Enter at every question changes nothing.
	d.press("clear; slot setup; echo code $?.", "Enter")
	d.wait(`slot setup, outside of Coder; slot runs`)
	d.answer(`> \[x\]  a: https://github.com/me/blog\.git\n`, "Enter")
	d.answer(`(?s)slot a run\?.*> https://github.com/me/blog\.git  \(as it is set\)\n +me/app\n`, "Enter")
	d.answer(`(?s)Which branch of blog\?.* its default branch \(main\)\n> drafts\n`, "Enter")
	d.answer(`database for each app\?`, "Enter")
	d.answer(`Deploy at each push\?`, "n", "Enter")
	d.wait(`slot a    https://github.com/me/blog.git, drafts, now at [0-9a-f]{7}; as it is set`)
	d.answer(`Do it\? \(Y/n\)`, "Enter")
	d.wait(`(?s)skipped .*code 0\.`)
}
