package envfile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/internal/envfile"
	"github.com/slot-paas/slot/slot"
)

// nasty has what quoting is for.
var nasty = map[string]string{
	"EMPTY": "", "PLAIN": "a-b_c.d/e:f@g%h+i,j=k", "BLANKS": "  two  words ", "DOLLAR": "$HOME ${HOME} $(id) `id` $$", "HASH": "a #b # c", "HASH_FIRST": "#fff",
	"SINGLE": "it's", "DOUBLE": `say "hi"`, "BOTH": "it's \"both\" \\ $HOME `id`\n'\n", "BACKSLASH": `C:\new\table\`, "LAST_BACKSLASH": `\`,
	"LINES": "one\ntwo\n\nthree\n", "CRLF": "one\r\ntwo\r\n", "CR": "\r", "TAB": "\t", "UNICODE": "Grüße 日本 \U0001F600 \u2028", "BOM": "\ufeff", "GLOB": "* ? [a] {b,c} ~ ~/x !x",
	"EXPORT": "export X=1", "EQUALS": "==", "ESCAPES": "\x1b[2J\a\b\v\f\x01", "QUOTES": "''\"\"``", "SEMICOLON": "a; rm -rf /", "AMPERSAND": "a & b | c > d < e (f)",
	"JSON": `{"a": ["b", 1]}`, "PEM": "-----BEGIN KEY-----\nMIIE==\n-----END KEY-----\n", "lower_1": "x",
}

func TestWrite_ComesBackByteForByte(t *testing.T) {
	for _, f := range envfile.Formats() {
		for _, env := range []map[string]string{nasty, {}, nil, {"A": "b"}} {
			data := envfile.Write(env, f)
			if got := envfile.Detect(data); len(env) > 0 && got != f {
				t.Errorf("%s was taken for %s", f, got)
			}
			got, err := envfile.Read(data, f)
			if err != nil {
				t.Fatalf("%s: %v\n%s", f, err, data)
			}
			if len(env) == 0 {
				env = map[string]string{}
			}
			if diff := cmp.Diff(env, got); diff != "" {
				t.Errorf("%s: %s", f, diff)
			}
		}
	}
}

func TestWrite_IsForAShellAsItStands(t *testing.T) {
	for _, shell := range []string{"sh", "bash", "dash", "busybox"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue // sh is everywhere, the others where they are
		}
		for _, f := range []envfile.Format{envfile.Dotenv, envfile.Shell} {
			t.Run(shell+" "+string(f), func(t *testing.T) {
				got, out := sourced(t, path, envfile.Write(nasty, f))
				if diff := cmp.Diff(nasty, got); diff != "" {
					t.Error(diff)
				}
				// What the shell prints of its variables comes back too.
				again, err := envfile.Read([]byte(out), envfile.Detect([]byte(out)))
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				for name, v := range nasty {
					if again[name] != v {
						t.Errorf("export -p of %s came back as %q, want %q", name, again[name], v)
					}
				}
			})
		}
	}
}

// sourced returns what a shell has of nasty after it read the file, and what
// its export -p prints.
func sourced(t *testing.T, shell string, data []byte) (map[string]string, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "vars")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(command string) string {
		args := []string{"-c", "set -a; . " + file + "; " + command}
		if filepath.Base(shell) == "busybox" {
			args = append([]string{"sh"}, args...)
		}
		cmd := exec.Command(shell, args...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		return string(out)
	}
	got := map[string]string{}
	for line := range strings.SplitSeq(run("env -0"), "\x00") {
		if name, v, ok := strings.Cut(line, "="); ok {
			if _, ours := nasty[name]; ours {
				got[name] = v
			}
		}
	}
	return got, run("unset PWD OLDPWD SHLVL _; export -p")
}

func TestRead_TakesWhatPeopleWrite(t *testing.T) {
	for name, row := range map[string]struct {
		format envfile.Format
		data   string
		want   map[string]string
	}{
		"nothing":             {envfile.Dotenv, "", map[string]string{}},
		"comments and blanks": {envfile.Dotenv, "\n# A=1\n  \n  # B=2\nC=3 # four\n#", map[string]string{"C": "3"}},
		"byte order mark":     {envfile.Dotenv, "\ufeffA=1", map[string]string{"A": "1"}},
		"Windows":             {envfile.Dotenv, "A=1\r\nB='2'\r\n\r\nC=\"3\"\r\nD=4 # x\r\n", map[string]string{"A": "1", "B": "2", "C": "3", "D": "4"}},
		"blanks":              {envfile.Dotenv, "A=hello world  \nB = b\n  C=c\nD=\nE=  ", map[string]string{"A": "hello world", "B": "b", "C": "c", "D": "", "E": ""}},
		"literal":             {envfile.Dotenv, "A=$HOME\nB=\"${HOME}\"\nC='\\n'\nD=C:\\new\nE=it's\nF=`x y`", map[string]string{"A": "$HOME", "B": "${HOME}", "C": `\n`, "D": `C:\new`, "E": "it's", "F": "x y"}},
		"escapes":             {envfile.Dotenv, `A="a\nb\tc\\d\"e\$f\x\r\ü"`, map[string]string{"A": "a\nb\tc\\d\"e$f\\x\r\\ü"}},
		"hash":                {envfile.Dotenv, "A=#fff\nB= # none\nC=a#b\nD='a # b' # c", map[string]string{"A": "#fff", "B": "", "C": "a#b", "D": "a # b"}},
		"export in a dotenv":  {envfile.Dotenv, "A=1\nexport B=2\n", map[string]string{"A": "1", "B": "2"}},
		"the last one":        {envfile.Dotenv, "A=1\nA=2", map[string]string{"A": "2"}},
		"lines":               {envfile.Dotenv, "A='one\n# two\nB=3'\nC=4", map[string]string{"A": "one\n# two\nB=3", "C": "4"}},
		"shell":               {envfile.Shell, "#!/bin/sh\nexport A=1 B='2'\\''3'\nC=4; export D=\"x\\n\"5; # six\nexport E", map[string]string{"A": "1", "B": "2'3", "C": "4", "D": "x\\n5"}},
		"shell escapes":       {envfile.Shell, "export A=a\\ b B=\"\\$x\\\ny\" C=a#b D=x:y E=ü\\ü", map[string]string{"A": "a b", "B": "$xy", "C": "a#b", "D": "x:y", "E": "üü"}},
		"bash":                {envfile.Shell, `declare -x A=$'a\nb\'\x41\101\u00fc' B="b"`, map[string]string{"A": "a\nb'AAü", "B": "b"}},
		"JSON":                {envfile.JSON, "\ufeff {\"A\": \"a\\nb\", \"B\": 1.10, \"C\": true}", map[string]string{"A": "a\nb", "B": "1.10", "C": "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := envfile.Read([]byte(row.data), row.format)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_NamesTheBadLine(t *testing.T) {
	for name, row := range map[string]struct {
		format envfile.Format
		data   string
		want   string
	}{
		"no assignment":    {envfile.Dotenv, "A=1\n\nhunter2\nB=2", "line 3: it is not NAME=value"},
		"no name":          {envfile.Dotenv, "=1", "line 1: it is not NAME=value"},
		"bad name":         {envfile.Dotenv, "A=1\n1A=2", "line 2: it is not NAME=value"},
		"open quote":       {envfile.Dotenv, "A=1\nB='x\ny\n", "line 2: the quote ' is not closed"},
		"open double":      {envfile.Dotenv, "A=\"x\\\"\n", "line 1: the quote \" is not closed"},
		"behind a quote":   {envfile.Dotenv, "A='x'y", "line 1: there is text after the closing quote"},
		"reserved":         {envfile.Dotenv, "A='\n\n'\nPORT=1", "line 4: PORT cannot be set"},
		"NUL":              {envfile.Dotenv, "A=1\nB=\x00", "line 2: the value of B contains a NUL byte"},
		"no text":          {envfile.Dotenv, "A=\xff", "line 1: the value of A is not UTF-8 text"},
		"shell variable":   {envfile.Shell, "export A=1\nexport B=\"$A\"", "line 2: a shell would expand what stands behind $, and slot does not"},
		"shell command":    {envfile.Shell, "export A=`id`", "line 1: a shell would expand what stands behind `"},
		"shell home":       {envfile.Shell, "export A=~/x", "line 1: ~ means something to a shell"},
		"shell glob":       {envfile.Shell, "export A=*", "line 1: * means something to a shell"},
		"shell pipe":       {envfile.Shell, "export A=1\nexport A=1|x", "line 2: | means something to a shell"},
		"shell text":       {envfile.Shell, "export A=hello world", "line 1: it is not NAME=value"},
		"shell command 2":  {envfile.Shell, "export A=1\nset -e", "line 2: it is not NAME=value"},
		"ansi":             {envfile.Shell, "export A=$'\\q'", `line 1: "\\q" means nothing`},
		"open ansi":        {envfile.Shell, "export A=$'x", "line 1: the quote ' is not closed"},
		"JSON list":        {envfile.JSON, "{\n\"A\": []}", "line 2: the value of A is no text"},
		"JSON null":        {envfile.JSON, "{\"A\": null}", "line 1: the value of A is no text"},
		"JSON torn":        {envfile.JSON, "{\n\"A\": ", "line 2: the end of the file"},
		"JSON twice":       {envfile.JSON, "{\"A\": \"\",\n\"A\": \"\"}", `line 2: key "A" is given twice`},
		"JSON of no kind":  {envfile.JSON, "[]", "line 1: the document is a list; want an object"},
		"JSON bad name":    {envfile.JSON, "{\n\"a b\": \"\"}", `line 2: "a b" is not a name for a variable`},
		"JSON long number": {envfile.JSON, "{\"A\": 01}", "line 1: A is \"01\", which is not a number in JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			env, err := envfile.Read([]byte(row.data), row.format)
			if err == nil || !strings.HasPrefix(err.Error(), row.want) || slot.AsError(err).Kind != slot.KindUsage {
				t.Errorf("got %v, %v\nwant %s", env, err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows what may be a secret: %v", err)
			}
		})
	}
}

func TestRead_TakesAsLongAsTheFileIs(t *testing.T) {
	begun := time.Now()
	env, err := envfile.Read([]byte(strings.Repeat("A=1\n", 200_000)+"B='"), envfile.Dotenv)
	if err == nil || !strings.HasPrefix(err.Error(), "line 200001: ") {
		t.Errorf("got %v, %v", env, err)
	}
	if took := time.Since(begun); took > 30*time.Second { // where lines are counted from the top each time it is minutes
		t.Errorf("it took %v", took)
	}
}

func TestDetect(t *testing.T) {
	for data, want := range map[string]envfile.Format{
		"": envfile.Dotenv, "A=1": envfile.Dotenv, "\n# x\n  export A=1": envfile.Shell, "declare -x A=1": envfile.Shell,
		" {\"A\": 1}": envfile.JSON, "export=1": envfile.Dotenv, "\ufeff{": envfile.JSON, "A=1\nexport B=2": envfile.Dotenv,
	} {
		if got := envfile.Detect([]byte(data)); got != want {
			t.Errorf("%q: got %s, want %s", data, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, format := range envfile.Formats() {
		f.Add(envfile.Write(nasty, format), "")
	}
	f.Add([]byte("export A=$'\\x41' B=\"\\$\" # c\nC=d"), "x\ny")
	f.Add([]byte("A=`b` # c\r\n"), "it's $\"")
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		for _, format := range envfile.Formats() {
			env, err := envfile.Read(data, format)
			if err != nil {
				if slot.AsError(err).Kind != slot.KindUsage || !strings.HasPrefix(err.Error(), "line ") {
					t.Fatalf("%s: %v", format, err)
				}
				env = map[string]string{}
			}
			if utf8.ValidString(value) && !strings.Contains(value, "\x00") {
				env["VALUE"] = value
			}
			for _, out := range envfile.Formats() {
				written := envfile.Write(env, out)
				again, err := envfile.Read(written, out)
				if err != nil {
					t.Fatalf("%s: %v\n%q", out, err, written)
				}
				if diff := cmp.Diff(env, again); diff != "" {
					t.Fatalf("%s: %s", out, diff)
				}
				if d := envfile.Detect(written); len(env) > 0 && d != out {
					t.Fatalf("%s was taken for %s: %q", out, d, written)
				}
			}
		}
	})
}
