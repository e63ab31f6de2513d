package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestRecord_ShowsWhatIsTypedAndWhatComes(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("SLOT_TEST_STRICT") != "" {
			t.Fatal("tmux is missing")
		}
		t.Skip("tmux is not installed")
	}
	base := ports(t)
	for i, name := range []string{"SLOT_BASE_PORT", "SLOT_ADMIN_PORT", "SLOT_WEBHOOK_PORT"} {
		t.Setenv(name, fmt.Sprint(base+[]int{0, 5, 6}[i]))
	}
	t.Chdir("../..")
	program := filepath.Join(t.TempDir(), "slot")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/slot").CombinedOutput(); err != nil {
		t.Fatalf("cannot build slot: %v\n%s", err, out)
	}
	screen, err := record(t.Context(), program, "# A static site\nmkdir site; echo hello >site/index.html\n$ slot deploy a site 2>&1\n$ echo \"it's done\" '!'\n")
	if err != nil {
		t.Fatal(err)
	}
	screen = code.ReplaceAllString(screen, "")
	for _, want := range []string{`(?m)^\$ slot deploy a site`, `folder ~/site`, `(?m)^http://127\.0\.0\.1:3001$`, `live +release 1`, `echo "it's done" '!'`, `(?m)^it's done !$`} {
		if !regexp.MustCompile(want).MatchString(screen) {
			t.Errorf("no %s on the screen:\n%s", want, screen)
		}
	}
	if strings.Contains(screen, "mkdir") {
		t.Errorf("what prepares is on the screen:\n%s", screen)
	}
}

// ports returns the first of seven free ones, outside the ranges of slot and
// of Linux.
func ports(t *testing.T) int {
	for base := 10000 + os.Getpid()%900*10; base < 20000; base += 10 {
		free := true
		for p := base; p < base+7 && free; p++ {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p))
			if free = err == nil; free {
				l.Close()
			}
		}
		if free {
			return base
		}
	}
	t.Fatal("no free ports")
	return 0
}

func TestSVG_DrawsColours(t *testing.T) {
	got := svg("A <title>", "\x1b[34m$ \x1b[1m\x1b[39mls\x1b[0m\n\x1b[31mred\nstill red\x1b[39m not\x1b[2m dim & <low>\x1b[22m   ")
	for _, want := range []string{
		`<title id="t">A &lt;title&gt;</title>`,
		`y="62"><tspan class="p">$ </tspan><tspan class="c">ls</tspan></text>`,
		`y="81"><tspan class="r">red</tspan></text>`,
		`y="100"><tspan class="r">still red</tspan> not<tspan class="d"> dim &amp; &lt;low&gt;</tspan></text>`,
		`height="119"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// Each picture has its commands, and each text of a picture is what they made
// when it was drawn last: make pictures draws them again.
func TestPictures_HaveTheirCommands(t *testing.T) {
	files, err := filepath.Glob("../../docs/images/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		drawn, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		commands, err := os.ReadFile(strings.TrimSuffix(file, ".svg") + ".commands")
		if err != nil {
			t.Error(err)
			continue
		}
		for line := range strings.Lines(string(commands)) {
			if shown, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok && !strings.Contains(string(drawn), strings.Split(escaped(shown), " #")[0]) {
				t.Errorf("%s does not show %q: make pictures", file, shown)
			}
		}
	}
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(text)
}
