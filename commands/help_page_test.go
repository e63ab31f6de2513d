package commands

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestPageText_IsForATerminal(t *testing.T) {
	got := pageText(`# Title

<!-- a mark -->
![a picture](images/x.svg)

A paragraph with a [link](other.md) and
[one elsewhere](https://example.com/x), folded.

- an item that
  goes on

`+"```sh\nslot   up | cat\n```"+`

| Variable | Default | What it is |
|---|---|---|
| `+"`A`"+` | | either 1 \| 2 |
| B | 3 | more |
`, 40, false)
	want := `Title

A paragraph with a link and one
elsewhere (https://example.com/x),
folded.

- an item that goes on

    slot   up | cat

  ` + "`A`" + `
      either 1 | 2
  B
      Default: 3
      more
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHelp_EveryTopicIsAPage(t *testing.T) {
	list := typed(t, "help", "topics")
	for _, topic := range topics {
		text := typed(t, "help", topic.name)
		if len(text) < 500 || strings.Contains(text, "\n|") || strings.Contains(text, "](") || strings.Contains(text, "<!--") {
			t.Errorf("slot help %s prints\n%s", topic.name, text)
		}
		for n, line := range strings.Split(text, "\n") {
			if len([]rune(line)) > 80 && strings.Contains(strings.TrimSpace(line), " ") && !strings.HasPrefix(line, "    ") {
				t.Errorf("slot help %s, line %d is wider than the terminal: %s", topic.name, n+1, line)
			}
		}
		if !strings.Contains(list, topic.name) {
			t.Errorf("slot help topics does not list %s", topic.name)
		}
	}
	if text := typed(t, "help", "environment"); strings.Contains(text, "What an app gets") || !strings.Contains(text, "SLOT_BASE_PORT") {
		t.Errorf("slot help environment prints\n%s", text)
	}
}

func TestRun_AWordThatIsNotThereIsToldWithTheOneThatWasMeant(t *testing.T) {
	for line, want := range map[string]string{
		"deplyo a":                `unknown command "deplyo" for "slot"; did you mean "deploy"?`,
		"db backp a":              `unknown command "backp" for "slot db"; did you mean "backup"?`,
		"env lst a":               `did you mean "list"?`,
		"config xyzzyq":           `unknown command "xyzzyq" for "slot config"`,
		"status --jsno":           `unknown flag: --jsno; did you mean "--json"?`,
		"deploy a --brnch x":      `did you mean "--branch"?`,
		"deploy a --nothing-near": `unknown flag: --nothing-near`,
		"help dployy":             `no command or topic "dployy"; did you mean "deploy"?`,
		"help db bakcup":          `did you mean "backup"?`,
		"help environmnt":         `did you mean "environment"?`,
	} {
		var out, errs bytes.Buffer
		w := &World{Out: &out, Err: &errs, Getenv: func(string) string { return "" }}
		code := Run(context.Background(), w, strings.Fields(line))
		first, _, _ := strings.Cut(errs.String(), "\n")
		if code != 2 || out.Len() > 0 || !strings.HasSuffix(first, want) {
			t.Errorf("slot %s: exit code %d, %q, and on stdout %q; want 2 and %q", line, code, first, &out, want)
		}
	}
}
