package commands_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/commands"
)

// withoutJSON lists the commands that have no --json, and why.
var withoutJSON = map[string]string{
	"slot run":           "its output is that of the command it runs",
	"slot dev":           "its output is that of the development server",
	"slot db psql":       "its output is psql's",
	"slot serve":         "it runs until it is ended; its output is a log",
	"slot config export": "what it prints is JSON",
	"slot completion":    "what it prints is a script",
	"slot help":          "what it prints is text",
}

// typedElsewhere lists the commands whose --json no script types, and the test
// that parses it instead.
var typedElsewhere = map[string]string{
	"slot params":        "coder_test.go",
	"slot params list":   "coder_test.go",
	"slot params set":    "coder_change_test.go",
	"slot params status": "coder_change_test.go",
	"slot subdomain":     "coder_change_test.go",
}

// TestJSON_OfEveryCommandIsTyped walks the tree. A new command has --json,
// documented in docs/json.md, and a line "json slot COMMAND ..." in a script.
func TestJSON_OfEveryCommandIsTyped(t *testing.T) {
	root := commands.NewRoot(commands.NewWorld())
	root.InitDefaultHelpCmd()
	typed := jsonLines(t, root)
	doc := read(t, "../docs/json.md")
	seen := map[string]bool{}
	for _, cmd := range runnable(root) {
		path := cmd.CommandPath()
		seen[path] = true
		reason, without := withoutJSON[path]
		switch has := cmd.Flags().Lookup("json") != nil; {
		case without && has:
			t.Errorf("%s has --json now: remove it from withoutJSON (%q)", path, reason)
		case without:
			continue
		case !has:
			t.Errorf("%s has no --json. Give it one:\n\tcmd.Flags().BoolVar(&o.json, \"json\", false, \"print … as JSON\"), and printJSON(w.Out, v);\nor say in withoutJSON (commands/json_test.go) why it makes no sense", path)
			continue
		}
		if file := typedElsewhere[path]; file != "" {
			if !strings.Contains(read(t, file), "--json") {
				t.Errorf("%s does not type %s --json", file, path)
			}
		} else if !typed[path] {
			t.Errorf("no script types %s with --json. Add a line to one of commands/testdata/script/json_*.txtar:\n\tjson slot %s ...", path, strings.TrimPrefix(path, "slot "))
		}
		if !documents(doc, path) {
			t.Errorf("docs/json.md does not say what `%s --json` prints: add a row to its first table", path)
		}
	}
	for _, list := range []map[string]string{withoutJSON, typedElsewhere} {
		for path := range list {
			if !seen[path] {
				t.Errorf("%s is listed in commands/json_test.go and is no command", path)
			}
		}
	}
}

func runnable(cmd *cobra.Command) (all []*cobra.Command) {
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			all = append(all, runnable(sub)...)
		}
	}
	if cmd.Runnable() && cmd.HasParent() {
		all = append(all, cmd)
	}
	return all
}

func read(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// documents reports whether the first cell of a row names the command, alone
// or among those that are named after it: `slot deploy`, `rollback`.
func documents(doc, path string) bool {
	words := strings.Fields(path)
	for _, row := range strings.Split(doc, "\n") {
		cell, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " |")
		if !strings.HasPrefix(row, "| `slot ") {
			continue
		}
		if regexp.MustCompile("`" + path + "( --json| --stats --json|`)").MatchString(cell) {
			return true
		}
		parent := strings.Join(words[:len(words)-1], " ")
		if strings.HasPrefix(cell, "`"+parent+" ") && strings.Contains(cell, "`"+words[len(words)-1]+"`") {
			return true
		}
	}
	return false
}

// jsonLines returns the commands that a script types with success.
func jsonLines(t *testing.T, root *cobra.Command) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	typed := map[string]bool{}
	for _, file := range files {
		for _, line := range strings.Split(read(t, file), "\n") {
			words := strings.Fields(line)
			if len(words) < 3 || words[0] != "json" || words[1] != "slot" {
				continue
			}
			cmd, _, err := root.Find(words[2:])
			if err != nil {
				t.Errorf("%s: %s: %v", file, line, err)
				continue
			}
			typed[cmd.CommandPath()] = true
		}
	}
	return typed
}

// freeKeys lead to objects whose keys are the user's, not slot's.
var freeKeys = []string{"environment", "env", "options", "versions", "tool_paths", "slots"}

// jsonOf is the word json [CODE] slot ARGS...: types it with --json, wants the
// exit code (0), and standard output to be JSON and nothing else, whose keys
// docs/json.md names. What it printed is there for "stdout".
func jsonOf(ts *testscript.TestScript, neg bool, args []string) {
	want := 0
	if len(args) > 0 {
		if n, err := strconv.Atoi(args[0]); err == nil {
			want, args = n, args[1:]
		}
	}
	if neg || len(args) < 2 || args[0] != "slot" {
		ts.Fatalf("usage: json [code] slot command...")
	}
	at := len(args)
	if dash := slices.Index(args, "--"); dash > 0 {
		at = dash
	}
	err := ts.Exec("slot", slices.Insert(slices.Clone(args[1:]), at-1, "--json")...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	out := ts.ReadFile("stdout")
	values, err := parseJSON(out)
	if err != nil {
		ts.Fatalf("standard output is not JSON: %v\n%s", err, out)
	}
	words := strings.Join(args, " ")
	if strings.HasPrefix(words, "slot env list") || strings.HasPrefix(words, "slot env export") || strings.HasPrefix(words, "slot config get a.environment") {
		return // their keys are the names of variables
	}
	doc := documentedKeys(ts)
	for _, v := range values {
		unknownKeys(v, func(key string) {
			if !strings.Contains(doc, "`"+key+"`") {
				ts.Fatalf("docs/json.md does not name the field `%s` of %s --json", key, words)
			}
		})
	}
}

func documentedKeys(ts *testscript.TestScript) string {
	text := ""
	for _, page := range []string{"json.md", "configuration.md"} {
		b, err := os.ReadFile(filepath.Join(ts.Getenv("SLOT_SOURCE"), "docs", page))
		ts.Check(err)
		text += string(b)
	}
	return text
}

// parseJSON reads one value, or one a line.
func parseJSON(out string) (values []any, err error) {
	var v any
	if err := json.Unmarshal([]byte(out), &v); err == nil {
		return []any{v}, nil
	}
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return nil, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return values, lines.Err()
}

func unknownKeys(v any, look func(key string)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			unknownKeys(one, look)
		}
	case map[string]any:
		for key, one := range v {
			look(key)
			if m, free := one.(map[string]any); free && slices.Contains(freeKeys, key) {
				if key == "slots" {
					for _, s := range m {
						unknownKeys(s, look)
					}
				}
				continue
			}
			unknownKeys(one, look)
		}
	}
}
