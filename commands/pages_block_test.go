package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// shown is the page that a script goes through.
type shown struct {
	name   string
	blocks []block
}

// block is a fenced block of sh, typed as it stands, or of console, of which
// the lines after "$ " are typed and the others must come out.
type block struct {
	line       int
	lang, mark string // mark: the comment before a block that is not run
	text       string
}

func blocksOf(text string) []block {
	var all []block
	open, before := false, ""
	for i, line := range strings.Split(text, "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open:
			open = false
		case isFence:
			open = true
			b := block{line: i + 1, lang: fence}
			if strings.HasPrefix(before, "<!-- ") {
				b.mark = before
			}
			all = append(all, b)
		case open:
			all[len(all)-1].text += line + "\n"
		}
		before = line
	}
	kept := all[:0]
	for _, b := range all {
		if b.lang == "sh" || b.lang == "console" {
			kept = append(kept, b)
		}
	}
	return kept
}

// page FILE opens a document of the checkout.
func openPage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: page file")
	}
	text, err := os.ReadFile(filepath.Join(ts.Getenv("SLOT_SOURCE"), args[0]))
	ts.Check(err)
	p := ts.Value("page").(*shown)
	*p = shown{name: args[0]}
	for _, b := range blocksOf(string(text)) {
		if b.mark == "" {
			p.blocks = append(p.blocks, b)
		}
	}
}

// block TEXT runs the page's next block, which must contain the text. Folder
// and variables stay from block to block, as in the reader's terminal.
func runBlock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: block text")
	}
	p := ts.Value("page").(*shown)
	if len(p.blocks) == 0 {
		ts.Fatalf("%s has no more blocks", p.name)
	}
	b := p.blocks[0]
	p.blocks = p.blocks[1:]
	if !strings.Contains(b.text, args[0]) {
		ts.Fatalf("%s:%d: the next block has no %q:\n%s", p.name, b.line, args[0], b.text)
	}
	file := filepath.Join(ts.Getenv("TMPDIR"), "block.sh")
	ts.Check(os.WriteFile(file, []byte(keyed(ts, b)), 0o644))
	flags := "-eu"
	if b.lang == "sh" {
		flags += "x" // a failure shows how far it came
	}
	if err := ts.Exec("sh", flags, file); err != nil {
		ts.Fatalf("%s:%d: %v", p.name, b.line, err)
	}
	if b.lang == "console" {
		if missing := missing(b.text, ts.ReadFile("stdout")); missing != "" {
			ts.Fatalf("%s:%d shows what does not come out: %s", p.name, b.line, missing)
		}
	}
}

// before is what stands before each block. interrupt is the reader's Ctrl+C,
// once something is on the screen.
const before = `export -p >"$TMPDIR/given"; [ ! -f "$TMPDIR/terminal" ] || . "$TMPDIR/terminal"
interrupt() {
  rm -f "$TMPDIR/screen" "$TMPDIR/pid"
  (set +x; n=0; while [ ! -s "$TMPDIR/screen" ] && [ $n -lt 900 ]; do sleep 0.1; n=$((n + 1)); done
  kill -INT "$(cat "$TMPDIR/pid")") >/dev/null 2>&1 &
  code=0; sh -c 'echo $$ >"$TMPDIR/pid"; exec env --default-signal=INT "$@" >"$TMPDIR/screen" 2>&1' - "$@" || code=$?
  cat "$TMPDIR/screen"; test $code = 0 -o $code = 130 -o $code = 8
}
set -a
[ "${script_at:-}" = '%[1]s' ] || cd '%[1]s'; script_at='%[1]s' # a cd of the script counts, too
`

// after keeps the folder, and the variables that the script did not give.
const after = `
{ export -p | grep -vxFf "$TMPDIR/given"; echo "cd '$PWD'"; } >"$TMPDIR/typed"; mv "$TMPDIR/typed" "$TMPDIR/terminal"
`

var (
	ended  = regexp.MustCompile(`^(\S.*?)\s+#.*Ctrl\+C ends it.*$`)
	exits  = regexp.MustCompile(`^(\S.*?)\s+# exits with (\d+).*$`)
	marker = "\x1e"

	address = regexp.MustCompile(`http://127\.0\.0\.1:(300[1-5]|900[01])\b`)
	ports   = map[string]string{"3001": "A", "3002": "B", "3003": "C", "3004": "D", "3005": "E", "9000": "ADMIN", "9001": "WEBHOOK"}
)

// keyed is what a shell gets of a block. The ports that slot has by itself
// become those of the script.
func keyed(ts *testscript.TestScript, b block) string {
	lines := strings.Split(b.text, "\n")
	for i, line := range lines {
		command, isCommand := strings.CutPrefix(line, "$ ")
		if b.lang == "console" && !isCommand {
			lines[i] = ""
			continue
		}
		if m := ended.FindStringSubmatch(command); m != nil {
			command = "interrupt " + m[1]
		}
		if m := exits.FindStringSubmatch(command); m != nil {
			command = fmt.Sprintf("code=0; %s || code=$?; test $code = %s", m[1], m[2])
		}
		if b.lang == "console" {
			command = "printf '" + marker + "\\n'\n" + command
		}
		lines[i] = command
	}
	text := strings.Join(lines, "\n")
	text = address.ReplaceAllStringFunc(text, func(shown string) string { return ts.Getenv(ports[shown[len(shown)-4:]]) })
	if b.lang == "console" {
		text = "exec 2>&1\n" + text
	}
	return fmt.Sprintf(before, ts.MkAbs(".")) + text + after
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	commit = regexp.MustCompile(`\b[0-9a-f]{7}\b`)
	took   = regexp.MustCompile(`\b[0-9]+(\\\.[0-9]+)?m?s\b`) // quoted already
	spaces = regexp.MustCompile(`\s+`)
)

// missing returns the first line shown after a command of a console that did
// not come out of it, in that order. Numbers, commits and runs of spaces may
// be others; … stands for anything.
func missing(shown, output string) string {
	outputs := strings.Split(output, marker+"\n")
	n := 0
	for line := range strings.Lines(shown) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "$ ") {
			n++
			continue
		}
		if line == "" || line == "…" || n >= len(outputs) {
			continue
		}
		at := pattern(line).FindStringIndex(outputs[n])
		if at == nil {
			return line + "\nwhat came:\n" + outputs[n]
		}
		outputs[n] = outputs[n][at[1]:]
	}
	return ""
}

func pattern(line string) *regexp.Regexp {
	text := regexp.QuoteMeta(line)
	text = commit.ReplaceAllString(text, `0`)
	text = took.ReplaceAllString(text, `TOOK`)
	text = digits.ReplaceAllString(text, `[0-9a-f]+`)
	text = strings.ReplaceAll(text, `TOOK`, `[0-9.]+m?s`)
	text = spaces.ReplaceAllString(text, `\s+`)
	return regexp.MustCompile(`(?m)^\s*` + strings.ReplaceAll(text, "…", `.*`) + `\s*$`)
}

func TestMissing_TellsLinesThatDoNotComeOut(t *testing.T) {
	output := marker + "\n  live     release 12 in 4.07s\nhttp://127.0.0.1:31001\n" + marker + "\ne9487cd a change\n"
	for _, tt := range []struct {
		name, shown string
		want        bool
	}{
		{"other numbers", "$ slot deploy a .\n  live   release 1 in 0.9s\nhttp://127.0.0.1:3001\n$ git log\n1234abc a change\n", true},
		{"left out", "$ slot deploy a .\nhttp://127.0.0.1:3001\n", true},
		{"anything", "$ slot deploy a .\n  live … in 1.0s\n", true},
		{"another order", "$ slot deploy a .\nhttp://127.0.0.1:3001\n  live release 1 in 0.9s\n", false},
		{"another word", "$ slot deploy a .\n  lives   release 1 in 0.9s\n", false},
		{"of another command", "$ slot deploy a .\n1234abc a change\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := missing(tt.shown, output); (got == "") != tt.want {
				t.Errorf("missing says %q", got)
			}
		})
	}
}
