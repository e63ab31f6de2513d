package webhook

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"unicode"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// payloadOf returns the JSON in a body: the body itself or, of a form, its one
// field "payload".
func payloadOf(contentType string, body []byte) ([]byte, error) {
	if contentType != typeForm {
		return body, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form["payload"]) != 1 {
		return nil, errMalformed
	}
	return []byte(form.Get("payload")), nil
}

// decode reads the fields that v has. encoding/json stops at 10,000 levels.
func decode(payload []byte, v any) error {
	if trimmed := bytes.TrimLeft(payload, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return errMalformed // "null" would leave v empty without an error
	}
	if json.Unmarshal(payload, v) != nil {
		return errMalformed
	}
	return nil
}

var (
	commitForm = lazyregexp.New(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	noCommit   = lazyregexp.New(`^0+$`)
)

// bound checks what decisions rest on and clips what is only shown. A push that
// does not say what became of which branch is malformed.
func bound(p slot.Push) (slot.Push, error) {
	for _, hash := range []*string{&p.Before, &p.After} {
		if noCommit.MatchString(*hash) {
			*hash = ""
		}
		if *hash != "" && !commitForm.MatchString(*hash) {
			return p, errMalformed
		}
	}
	if p.Deleted = p.Deleted || p.After == ""; p.Deleted {
		p.After = ""
	}
	p.Created = p.Created || p.Before == ""
	name, isRef := strings.CutPrefix(p.Ref, "refs/")
	if !isRef || slot.ValidateRef(name) != nil || p.Repository == "" || len(p.Repository) > 300 {
		return p, errMalformed
	}
	p.Skip = skipWord(p.Subject)
	subject, _, _ := strings.Cut(strings.TrimSpace(p.Subject), "\n")
	p.Repository, p.Host, p.DefaultBranch = clean(p.Repository, 300), clean(p.Host, 255), clean(p.DefaultBranch, 255)
	p.Subject, p.Author, p.Pusher = clean(subject, 200), clean(p.Author, 100), clean(p.Pusher, 100)
	return p, nil
}

// clean makes a text from outside fit for a terminal and a record: one line of
// at most n characters that can be seen.
func clean(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "�"))
	if r := []rune(s); len(r) > n {
		s = string(r[:n-1]) + "…"
	}
	return strings.TrimSpace(s)
}

// skipWords ask for no deployment; the first three are those that GitHub's
// own Actions know.
var skipWords = []string{"[skip ci]", "[ci skip]", "[no ci]", "[skip deploy]"}

// skipWord returns the words in a commit's message that ask for no deployment.
func skipWord(message string) string {
	message = strings.ToLower(message)
	for _, w := range skipWords {
		if strings.Contains(message, w) {
			return w
		}
	}
	return ""
}

// hostName returns the host of a page's address, "" where it has none.
func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
